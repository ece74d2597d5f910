import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  incidentHtml,
  newSigningKey,
  nextEntry,
  publicPem,
  sealed,
  signingKeyOf,
} from '@tatami/report';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
let dir: string;
const at = '2026-01-02T03:04:05.678Z';
const ours = signingKeyOf(newSigningKey());
const theirs = signingKeyOf(newSigningKey());
const event = { key: 'own:0', kind: 'own' as const, at, facts: [], offsets: [] };
const body = incidentHtml(
  {
    ...{ number: '0'.repeat(32), issuedAt: at, lesson: 'Lesson', step: null, keyUrl: null },
    draft: {
      ...{ lang: 'en', zone: 'UTC', step: null, title: 'Down', author: '', occurred: at },
      parts: {
        detection: '',
        impact: '',
        cause: 'Frozen',
        stopgap: '',
        remedy: '',
        prevention: '',
      },
      ...{ hidden: [], words: {}, own: [] },
    },
    events: [{ ...event, text: 'The customer called.' }],
    ...{ exhibits: [], recordings: [] },
  },
  '',
);
const seal = (key: typeof ours, text = body) =>
  sealed(text, key, async (digest) => nextEntry(null, { at, kind: 'report', digest }));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tatami-evidence-'));
  const file = await seal(ours);
  await writeFile(join(dir, 'key.pem'), publicPem(ours));
  await writeFile(join(dir, 'report.html'), file);
  const changed = Buffer.from(file);
  changed[file.indexOf('customer')] = 'k'.charCodeAt(0);
  await writeFile(join(dir, 'changed.html'), changed);
  await writeFile(
    join(dir, 'again.html'),
    await seal(theirs, body.replace('customer', 'neighbour')),
  );
  await writeFile(join(dir, 'bare.html'), body);
});
afterAll(() => rm(dir, { recursive: true }));

/** Runs the command as a user does; names of files are those of the folder. */
function verify(
  file: string,
  ...key: string[]
): Promise<{ code: number; out: string; err: string }> {
  const cli = join(root, 'apps/cli/src/main.ts');
  const named = key.map((one) =>
    one.endsWith('.pem') || one.endsWith('.html') ? join(dir, one) : one,
  );
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', cli, 'evidence', 'verify', join(dir, file), ...named],
      { cwd: root, env: { ...process.env, TATAMI_ROOT: root } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

test('each file gets its sentence and its exit code', async () => {
  expect(await verify('report.html', '--key', 'key.pem')).toMatchObject({
    code: 0,
    out: expect.stringContaining('report.html: genuine: unchanged'),
  });
  expect(await verify('report.html')).toMatchObject({
    code: 3,
    out: expect.stringContaining('consistent, signer unknown'),
  });
  const offset = Buffer.from(body).indexOf('customer');
  expect(await verify('changed.html', '--key', 'key.pem')).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      new RegExp(
        `changed: byte ${offset} \\(line \\d+, section timeline\\) was 0x63 "c", is 0x6b "k"`,
      ),
    ),
  });
  expect(await verify('again.html', '--key', 'key.pem')).toMatchObject({
    code: 1,
    out: expect.stringContaining('unknown signer'),
  });
  expect(await verify('bare.html', '--key', 'key.pem')).toMatchObject({
    code: 1,
    out: expect.stringContaining('not sealed'),
  });
}, 60_000);

test('a key is fetched; what is no key, or no file, is said', async () => {
  const server = createServer((request, answer) => {
    if (request.url !== '/key') answer.statusCode = 404;
    answer.end(request.url === '/key' ? publicPem(ours) : '');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  try {
    const url = `http://127.0.0.1:${port}`;
    expect(await verify('report.html', '--key', `${url}/key`)).toMatchObject({ code: 0 });
    expect(await verify('report.html', '--key', `${url}/none`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('answers 404'),
    });
  } finally {
    server.close();
  }
  expect(await verify('report.html', '--key', 'report.html')).toMatchObject({ code: 2 });
  expect(await verify('missing.html')).toMatchObject({
    code: 2,
    err: expect.stringContaining('missing.html cannot be read'),
  });
}, 60_000);
