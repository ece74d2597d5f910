import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingIndex } from '@tatami/protocol';
import { mustRun, until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { withNothingLeft } from '../test/nothing-left.ts';
import { connectRunner, startRunner, testConfig } from '../test/running-runner.ts';
import { readIndex, readRecording } from './terminals/recorded.ts';
import { Recording } from './terminals/recording.ts';

withNothingLeft();

test('a recording holds what a terminal showed and its sizes, and nothing that was typed unseen', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(/learner@lab-host/);
  terminal.type('read -sp "word: " secret; printf %s "$secret" | wc -c\r');
  // From then on the line discipline reads: before, an Enter is none.
  await terminal.expect(/\nword: $|\rword: $/);
  terminal.type('correct horse\r');
  await terminal.expect(/^13\r\n/);
  terminal.socket.send(JSON.stringify({ type: 'resize', cols: 111, rows: 33 }));
  terminal.type('stty size\r');
  await terminal.expect(/33 111/);
  const path = `/sandboxes/${id}/terminals/1/recording`;
  // Nobody waits for the next batch.
  expect((await runner.request('GET', `${path}/bytes`)).body).toContain('33 111');
  await runner.request('DELETE', `/sandboxes/${id}`);
  const { body: bytes } = await runner.request('GET', `${path}/bytes?from=0`);
  expect(bytes).toContain('word: 13\r\n');
  expect(bytes).not.toContain('horse');
  const index = RecordingIndex.parse((await runner.request('GET', path)).body);
  expect(index).toMatchObject({ start: 0, gaps: [], resizes: [{ cols: 111, rows: 33 }] });
  expect(index.end).toBe(Buffer.byteLength(String(bytes)));
  const folder = join(runner.config.TATAMI_DATA_DIR, 'recordings', id);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder))
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await runner.request('GET', path.replace('/1/', '/2/'))).body).toMatchObject({
    error: { code: 'recording.unknown' },
  });
});

test('who has their recordings deleted keeps none, though the machine is just printing, and nobody else loses any', async () => {
  await using runner = await startRunner();
  const [own, other] = [await runner.create(), await runner.create()];
  for (const [{ id }, text] of [
    [own, 'for n in $(seq 200000); do echo "secret $n"; done'],
    [other, 'echo mine'],
  ] as const) {
    const terminal = await runner.terminal(id, '1');
    await terminal.expect(/\$ $/);
    terminal.type(`${text}\r`);
    await terminal.expect(/secret 500\r|mine\r/);
  }
  const root = join(runner.config.TATAMI_DATA_DIR, 'recordings');
  const path = `/sandboxes/${own.id}`;
  // So that there is something on the disk.
  for (const { id } of [own, other])
    await runner.request('GET', `/sandboxes/${id}/terminals/1/recording`);
  expect((await readdir(root)).sort()).toEqual([own.id, other.id].sort());
  const answer = await runner.request('DELETE', `${path}/recordings`);
  expect(answer.status).toBe(204);
  // The machine is gone, and with it whatever could still have written.
  expect(await readdir(root)).toEqual([other.id]);
  expect((await runner.request('GET', path)).body).toMatchObject({
    error: { code: 'sandbox.unknown' },
  });
  expect((await runner.request('GET', `${path}/recordings`)).body).toEqual([]);
  for (const rest of ['', '/bytes'])
    expect(
      (await runner.request('GET', `${path}/terminals/1/recording${rest}`)).body,
    ).toMatchObject({ error: { code: 'recording.unknown' } });
  // It may be asked again: the one who asked may not have heard the answer.
  expect((await runner.request('DELETE', `${path}/recordings`)).status).toBe(204);
  for (const wrong of ['..', '%2e%2e', `${other.id}%2f..`]) {
    const { status } = await runner.request('DELETE', `/sandboxes/${wrong}/recordings`);
    expect(status).toBeGreaterThanOrEqual(400);
  }
  const kept = `/sandboxes/${other.id}`;
  expect((await runner.request('GET', `${kept}/recordings`)).body).toEqual(['1']);
  expect((await runner.request('GET', `${kept}/terminals/1/recording/bytes`)).body).toContain(
    'mine\r\n',
  );
});

test('after kill -9 in the midst of output the next runner reads all that was written', async () => {
  const config = await testConfig({ TATAMI_WARM: 0 });
  const env = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, `${value}`]));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'runner.ts')],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const killed = connectRunner(config.TATAMI_RUNNER_SOCKET);
  await until(
    () =>
      killed.request('GET', '/health').then(
        ({ status }) => status === 200,
        () => false,
      ),
    {
      what: 'the runner answers',
      timeoutMs: 30_000,
    },
  );
  const { id } = await killed.create();
  const terminal = await killed.terminal(id, '1');
  terminal.type('for n in $(seq 20000); do echo "count $n"; done\r');
  await terminal.expect(/count 5000\r/);
  const path = `/sandboxes/${id}/terminals/1/recording`;
  const seen = RecordingIndex.parse((await killed.request('GET', path)).body);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using next = await startRunner({ ...config });
  expect((await next.request('GET', '/sandboxes')).body).toEqual([]);
  const index = RecordingIndex.parse((await next.request('GET', path)).body);
  expect(index.end).toBeGreaterThanOrEqual(seen.end);
  expect(index.gaps).toEqual([]);
  const { body } = await next.request('GET', `${path}/bytes?from=0&most=1048576`);
  expect(String(body).length).toBe(index.end);
  expect(body).toContain('count 5000\r\n');
});

test('a disk that is full costs a gap and holds nothing up; room again, it goes on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-full-'));
  await mustRun('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]);
  try {
    const errors: unknown[] = [];
    const recording = new Recording({
      ...{ dir: join(dir, 'machine'), terminal: '1' },
      onError: (error) => errors.push(error),
    });
    const filler = join(dir, 'filler');
    await writeFile(filler, Buffer.alloc(900 * 1024));
    for (let n = 0; n < 20; n++) {
      recording.append(Buffer.alloc(50 * 1024, n));
      await recording.flush();
      expect(recording.full).toBe(false);
    }
    expect(errors).toHaveLength(1);
    expect((await readdir(join(dir, 'machine'))).length).toBeLessThan(10);
    await rm(filler);
    recording.append(Buffer.from('after'));
    await recording.close();
    const index = await readIndex(join(dir, 'machine'), '1');
    expect(index?.end).toBe(recording.end);
    expect(index?.gaps.length).toBeGreaterThan(0);
    const last = await readRecording(join(dir, 'machine'), '1', { most: 5 });
    expect(last).toEqual({ offset: recording.end - 5, bytes: Buffer.from('after') });
  } finally {
    await mustRun('umount', [dir]);
    await rm(dir, { recursive: true });
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(dir);
  }
});
