import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { loadConfig, parseSettings, part, readSources } from './index.ts';

const Server = z.object(part('server'));
const required = { TATAMI_LABS_DIR: '/labs', TATAMI_WEB_DIR: '/web' };

function file(content: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'tatami-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'tatami.env');
  writeFileSync(path, content);
  return path;
}

const load = (env: Record<string, string>) =>
  loadConfig(Server, 'server', { TATAMI_CONFIG: '', ...required, ...env });

/** Its one fault. */
function fault(env: Record<string, string>): string {
  const loaded = load(env);
  const faults = 'faults' in loaded ? loaded.faults : [];
  expect(faults).toHaveLength(1);
  return faults[0] ?? '';
}

test('the environment wins over the file, and the file over the default', () => {
  const TATAMI_CONFIG = file('# a room\nTATAMI_HOST=10.0.0.7\n\nTATAMI_PORT=8000\n');
  expect(load({ TATAMI_CONFIG, TATAMI_PORT: '9000' })).toMatchObject({
    config: { TATAMI_HOST: '10.0.0.7', TATAMI_PORT: 9000, TATAMI_DATA: '/var/lib/tatami' },
  });
  expect(readSources({ TATAMI_CONFIG, TATAMI_PORT: '9000' }).given).toEqual(
    new Map([
      ['TATAMI_HOST', { text: '10.0.0.7', where: `${TATAMI_CONFIG}, line 2` }],
      ['TATAMI_PORT', { text: '9000', where: 'the environment' }],
      ['TATAMI_CONFIG', { text: TATAMI_CONFIG, where: 'the environment' }],
    ]),
  );
});

test('an empty variable is as if nothing were set', () => {
  const TATAMI_CONFIG = file('TATAMI_PORT=8000\n');
  expect(load({ TATAMI_CONFIG, TATAMI_PORT: '', TATAMI_PUBLIC_URL: '' })).toMatchObject({
    config: { TATAMI_PORT: 8420 },
  });
});

test('variables of others are nobody’s business', () => {
  expect(load({ HOME: '/root', TATAM: 'x' })).toHaveProperty('config');
});

test('an unknown name in the environment is refused with the nearest', () => {
  expect(fault({ TATAMI_PROT: '80' })).toBe(
    'there is no setting TATAMI_PROT (the environment); the nearest name is TATAMI_PORT, and tatami config --help lists them all.',
  );
});

test('an unknown name in the file is refused with its line', () => {
  const TATAMI_CONFIG = file('TATAMI_PORT=80\nTATAMI_SEAT=3\n');
  expect(fault({ TATAMI_CONFIG })).toBe(
    `there is no setting TATAMI_SEAT (${TATAMI_CONFIG}, line 2); the nearest name is TATAMI_SEATS, and tatami config --help lists them all.`,
  );
});

test('a value that is not taken is shown, with where it stands', () => {
  expect(fault({ TATAMI_PORT: 'eighty' })).toBe(
    'TATAMI_PORT is "eighty" (the environment); it takes a number from 1 to 65535, or 0 for any free one.',
  );
});

test('a secret that is not taken is not shown', () => {
  expect(fault({ TATAMI_METRICS_TOKEN: 'hunter2' })).toBe(
    'TATAMI_METRICS_TOKEN is not what it may be (the environment); it takes 16 characters or more.',
  );
});

test('a certificate without its key is refused', () => {
  expect(fault({ TATAMI_TLS_KEY: '/key.pem' })).toContain('TATAMI_TLS_CERT is not');
});

test('what a program cannot do without is named', () => {
  expect(fault({ TATAMI_WEB_DIR: '' })).toContain('TATAMI_WEB_DIR is not set (the built web app)');
});

test('a program is not stopped by what only another reads', () => {
  expect(load({ TATAMI_SEATS: 'many' })).toHaveProperty('config');
});

test('a file that was named must be there', () => {
  expect(fault({ TATAMI_CONFIG: '/nowhere/tatami.env' })).toBe(
    'the settings file /nowhere/tatami.env cannot be read (ENOENT); set TATAMI_CONFIG to a file that can be read.',
  );
});

test.each([
  ['no name', 'TATAMI_PORT 80', 'this is not NAME=VALUE'],
  ['a shell’s export', 'export TATAMI_PORT=80', 'this is not NAME=VALUE'],
  ['a name with spaces', 'TATAMI_PORT = 80', 'this is not NAME=VALUE'],
  ['quotes', 'TATAMI_DATA="/srv"', 'without quotes'],
  ['a comment behind', 'TATAMI_PORT=80 # http', 'without quotes, $, #'],
  ['a space behind', 'TATAMI_PORT=80 ', 'without quotes'],
  ['a line end of Windows', 'TATAMI_PORT=80\r', 'without quotes'],
  ['a line that goes on', 'TATAMI_DATA=/srv\\', 'without quotes'],
  ['a name twice', 'TATAMI_PORT=80\nTATAMI_PORT=81', 'TATAMI_PORT was set above'],
  ["one of another program's", 'HOME=/root', 'there is no setting HOME'],
  ['one between programs', 'TATAMI_ROOTFS=/x', "is passed between Tatami's own programs"],
])('a file with %s is refused', (_, content, reason) => {
  const { faults } = parseSettings(`${content}\n`, 'f.env');
  expect(faults).toEqual([expect.stringContaining(reason)]);
  expect(faults[0]).toContain('f.env, line');
});

test('each fault is told', () => {
  const loaded = load({ TATAMI_PORT: 'x', TATAMI_PROT: '1', TATAMI_HOST: 'a b' });
  expect('faults' in loaded && loaded.faults).toHaveLength(3);
});
