import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { cloneRoot } from '../../paths.ts';
import { blocks, contentOf, fillIn, scriptOf, userData } from './user-data.ts';

const UserData = z.looseObject({
  write_files: z.array(z.looseObject({ path: z.string(), content: z.string() })),
  packages: z.array(z.string()),
  runcmd: z.array(z.array(z.string())),
});
const read = (text: string) => UserData.parse(parse(text));
test('takes optional blocks in by their marks, and none is left over', () => {
  expect(read(userData()).packages).not.toContain('caddy');
  const all = read(userData(blocks));
  expect(all.packages).toContain('caddy');
  expect(all.write_files.map(({ path }) => path)).toContain('/etc/caddy/Caddyfile');
  expect(all).toHaveProperty('mounts.0.1', '/var/lib/tatami');
  expect(userData(blocks)).not.toMatch(/^\s*#(tls|disk)/m);
  const settings = parseEnv(contentOf(userData(blocks), '/etc/tatami/tatami.env'));
  expect(settings).toMatchObject({ TATAMI_TRUST_PROXY: '127.0.0.1' });
});

test('is filled in', () => {
  const settings = { TATAMI_SEATS: '4', TATAMI_HOST: '0.0.0.0' };
  const filled = fillIn(userData(), { releaseUrl: 'file:///x.tgz', releaseSha256: 'ab', settings });
  expect(parseEnv(contentOf(filled, '/etc/tatami/tatami.env'))).toEqual(settings);
  const script = scriptOf(filled);
  expect(script).toContain('release_url=file:///x.tgz\nrelease_sha256=ab\n');
  expect(() => fillIn('', { releaseUrl: '', releaseSha256: '', settings })).toThrow('no line');
});

test('its script is in order, shellcheck says, and names what a release has', () => {
  const script = scriptOf(userData());
  const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: script });
  expect(String(stdout)).toBe('');
  expect(script).not.toContain('shellcheck disable');
  const named = [...script.matchAll(/\$release\/((?:packaging|apps)[\w/.-]+)/g)].map(
    ([, path]) => path,
  );
  expect(named.length).toBeGreaterThan(0);
  for (const path of named)
    if (!path?.includes('node_modules'))
      expect(existsSync(join(cloneRoot, path ?? '')), path).toBe(true);
});
