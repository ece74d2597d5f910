import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ended } from '../../../packages/config/test/ended.ts';
import { serverEnv, serverProgram } from '../test/server-program.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tatami-bad-'));
  await writeFile(join(dir, 'file'), 'no certificate\n');
});
afterEach(() => rm(dir, { recursive: true }));

const start = (env: Record<string, string>) => ended(serverProgram, { ...serverEnv(dir), ...env });

test('wrong settings end it with 2, each in a sentence, before it makes anything', async () => {
  const config = join(dir, 'tatami.env');
  await writeFile(config, 'TATAMI_PORT=0\nTATAMI_LABBS=/labs\n');
  const { code, stderr } = await start({
    TATAMI_CONFIG: config,
    TATAMI_PORT: 'eighty',
    TATAMI_LOG_LEVL: 'info',
  });
  expect(stderr.trim().split('\n')).toEqual([
    `The server cannot start: there is no setting TATAMI_LABBS (${config}, line 2); the nearest name is TATAMI_LABS, and tatami config --help lists them all.`,
    'The server cannot start: there is no setting TATAMI_LOG_LEVL (the environment); the nearest name is TATAMI_LOG_LEVEL, and tatami config --help lists them all.',
    'The server cannot start: TATAMI_PORT is "eighty" (the environment); it takes a number from 1 to 65535, or 0 for any free one.',
  ]);
  expect(code).toBe(2);
  expect(existsSync(join(dir, 'data'))).toBe(false);
});

test('a port that is taken is named, and the data of the one that has it stay untouched', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const { code, stderr } = await start({ TATAMI_PORT: String(port) });
  other.close();
  expect(stderr).toBe(
    `The server cannot start: port ${port} of 127.0.0.1 is in use; stop what listens there, or choose another with TATAMI_PORT.\n`,
  );
  expect(code).toBe(1);
  expect(existsSync(join(dir, 'data'))).toBe(false);
});

const faults: [string, env: () => Record<string, string>, sentence: () => string][] = [
  [
    'an address of another machine',
    () => ({ TATAMI_HOST: '192.0.2.1' }),
    () => 'this machine has no address 192.0.2.1; set TATAMI_HOST to one that it has.',
  ],
  [
    'a data folder that is a file',
    () => ({ TATAMI_DATA: join(dir, 'file') }),
    () =>
      `the data folder ${join(dir, 'file/server')} is not a folder, or lies below something that is none; move that away, or name another with TATAMI_DATA.`,
  ],
  [
    'a certificate that is none',
    () => ({ TATAMI_TLS_CERT: join(dir, 'file'), TATAMI_TLS_KEY: join(dir, 'file') }),
    () => `${join(dir, 'file')} and ${join(dir, 'file')} are no certificate with its key (`,
  ],
  [
    'a key that is not there',
    () => ({ TATAMI_TLS_CERT: join(dir, 'file'), TATAMI_TLS_KEY: join(dir, 'key.pem') }),
    () => `${join(dir, 'key.pem')} cannot be read (ENOENT); set TATAMI_TLS_KEY to a file`,
  ],
  [
    'lessons that are not there',
    () => ({ TATAMI_LABS: join(dir, 'labs') }),
    () => `the labs in ${join(dir, 'labs')} cannot be read: `,
  ],
];
test.each(faults)('%s is told in one sentence', async (_, env, sentence) => {
  const { code, stderr } = await start(env());
  expect(stderr).toContain(`The server cannot start: ${sentence()}`);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});
