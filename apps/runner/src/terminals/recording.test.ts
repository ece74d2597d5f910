import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readIndex, readRecording, recordedTerminals } from './recorded.ts';
import { Recording, type RecordingOptions, type Turns } from './recording.ts';

const mebibyte = 1024 * 1024;

afterEach(() => vi.useRealTimers());

async function folder() {
  const dir = join(await mkdtemp(join(tmpdir(), 'tatami-recording-')), 'machine');
  return { dir, [Symbol.asyncDispose]: () => rm(join(dir, '..'), { recursive: true }) };
}

const record = (dir: string, options: Partial<RecordingOptions> = {}) =>
  new Recording({
    dir,
    terminal: '1',
    onError: (error) => {
      throw error;
    },
    ...options,
  });

/** A disk that does nothing until it is let go. */
function hangingDisk() {
  let go: () => void = () => undefined;
  const free = new Promise<void>((resolve) => {
    go = resolve;
  });
  const turns: Turns = (task) => free.then(task);
  return { turns, free: () => go() };
}

test('keeps bytes with their times and the sizes they were for', async () => {
  await using temporary = await folder();
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  const recording = record(temporary.dir);
  recording.resize(100, 30);
  recording.append(Buffer.from('one'));
  vi.setSystemTime(1_700_000_000_010);
  recording.append(Buffer.from('!'));
  vi.setSystemTime(1_700_000_001_000);
  recording.resize(40, 10);
  recording.resize(40, 12);
  vi.setSystemTime(1_700_000_003_500);
  recording.append(Buffer.of(0xff, 0x00));
  await recording.flush();
  vi.setSystemTime(1_700_000_003_000);
  recording.append(Buffer.from('clock went back'));
  await recording.close();
  expect(await readIndex(temporary.dir, '1')).toEqual({
    startedAt: '2023-11-14T22:13:20.000Z',
    ...{ start: 0, end: 21, cols: 100, rows: 30 },
    outputs: [
      [0, 4],
      [3500, 21],
    ],
    resizes: [{ atMs: 1000, offset: 4, cols: 40, rows: 12 }],
    gaps: [],
  });
  const kept = await readRecording(temporary.dir, '1');
  expect(kept?.bytes.subarray(0, 6)).toEqual(Buffer.from('one!\xff\x00', 'latin1'));
  expect(await recordedTerminals(temporary.dir)).toEqual(['1']);
});

test('is readable by its owner alone', async () => {
  await using temporary = await folder();
  const recording = record(temporary.dir);
  recording.append(Buffer.from('x'));
  await recording.close();
  expect((await stat(temporary.dir)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(temporary.dir))
    expect((await stat(join(temporary.dir, name))).mode & 0o777).toBe(0o600);
});

test('of a flood the newest 64 MiB are kept, and what went is named', async () => {
  await using temporary = await folder();
  const recording = record(temporary.dir);
  for (let n = 0; n < 700; n++) {
    recording.append(Buffer.alloc(mebibyte / 10, n));
    await recording.flush();
  }
  await recording.close();
  const index = await readIndex(temporary.dir, '1');
  expect(index?.end).toBe(recording.end);
  const kept = recording.end - (index?.start ?? 0);
  expect(kept).toBeGreaterThan(60 * mebibyte);
  expect(kept).toBeLessThanOrEqual(64 * mebibyte);
  expect(index?.gaps).toEqual([{ atMs: 0, offset: index?.start, bytes: index?.start }]);
  const tail = await readRecording(temporary.dir, '1', { most: 3 * mebibyte });
  expect(tail?.bytes.length).toBe(3 * mebibyte);
  expect(tail && tail.offset + tail.bytes.length).toBe(recording.end);
  expect(tail?.bytes.at(-1)).toBe(699 % 256);
});

test('a slow drip of more pieces than one system call takes is kept whole', async () => {
  await using temporary = await folder();
  const recording = record(temporary.dir);
  for (let n = 0; n < 5000; n++) recording.append(Buffer.of(n % 251));
  await recording.close();
  const kept = await readRecording(temporary.dir, '1');
  expect(kept?.bytes).toEqual(Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251)));
});

test('ranges are exact across files, and begin later where nothing is kept', async () => {
  await using temporary = await folder();
  const first = record(temporary.dir);
  const bytes = Buffer.from(Array.from({ length: 5 * mebibyte }, (_, n) => (n * 7) >> 3));
  for (let at = 0; at < bytes.length; at += 100_000) {
    first.append(bytes.subarray(at, at + 100_000));
    await first.flush();
  }
  await first.close();
  const bins = (await readdir(temporary.dir)).filter((name) => name.endsWith('.bin'));
  expect(bins.length).toBeGreaterThan(2);
  const start = 2 * mebibyte - 50_000;
  const range = await readRecording(temporary.dir, '1', { from: start, most: 300_000 });
  expect(range?.offset).toBe(start);
  expect(range?.bytes.equals(bytes.subarray(start, start + 300_000))).toBe(true);

  await rm(join(temporary.dir, '1.0.bin'));
  const later = await readRecording(temporary.dir, '1', { from: 5, most: 10 });
  expect(later?.offset).toBeGreaterThan(2 * mebibyte);
  expect(later?.bytes).toEqual(bytes.subarray(later?.offset, (later?.offset ?? 0) + 10));
  const end = { offset: bytes.length, bytes: Buffer.of() };
  expect(await readRecording(temporary.dir, '1', { from: bytes.length, most: 10 })).toEqual(end);
  expect(await readRecording(temporary.dir, '1', { from: 1e12, most: 10 })).toEqual(end);
  expect(await readRecording(temporary.dir, '2', { from: 0, most: 10 })).toBeNull();
});

test('after a kill in mid-write a torn last entry is ignored, and offsets go on', async () => {
  await using temporary = await folder();
  const killed = record(temporary.dir);
  killed.append(Buffer.from('first '));
  await killed.flush();
  killed.append(Buffer.from('second'));
  await killed.flush();
  const idx = join(temporary.dir, '1.0.idx');
  const { size } = await stat(idx);
  for (let cut = 1; cut < 4; cut++) {
    await truncate(idx, size - cut);
    const index = await readIndex(temporary.dir, '1');
    // Bytes that no entry speaks of are there all the same.
    expect(index).toMatchObject({ start: 0, end: 12, gaps: [] });
    expect(index?.outputs.at(-1)?.[1]).toBe(12);
  }
  const { end } = (await readIndex(temporary.dir, '1')) ?? { end: 0 };
  const next = record(temporary.dir, { start: end });
  next.append(Buffer.from(' third'));
  await next.close();
  await killed.close();
  expect(await readRecording(temporary.dir, '1')).toEqual({
    ...{ offset: 0, bytes: Buffer.from('first second third') },
  });
  expect(await readIndex(temporary.dir, '1')).toMatchObject({ end: 18, gaps: [] });
});

test('an index that is lost or none of ours costs the times alone', async () => {
  await using temporary = await folder();
  const recording = record(temporary.dir);
  recording.append(Buffer.from('bytes'));
  await recording.close();
  for (const text of ['', 'something else\n', 'tatami-recording 1 5 80x24 0\n1 x\n']) {
    await writeFile(join(temporary.dir, '1.0.idx'), text);
    expect(await readIndex(temporary.dir, '1')).toMatchObject({ end: 5, outputs: [[0, 5]] });
  }
  await rm(join(temporary.dir, '1.0.idx'));
  expect(await readIndex(temporary.dir, '1')).toMatchObject({ end: 5, outputs: [[0, 5]] });
});

test('a disk that is slow makes the terminal pause, and loses nothing', async () => {
  await using temporary = await folder();
  const disk = hangingDisk();
  const onDrain = vi.fn();
  const recording = record(temporary.dir, { turns: disk.turns, onDrain });
  const chunk = Buffer.alloc(100_000, 'x');
  for (let n = 0; !recording.full; n++) {
    expect(n).toBeLessThan(10);
    recording.append(chunk);
  }
  disk.free();
  await vi.waitFor(() => expect(onDrain).toHaveBeenCalledOnce());
  expect(recording.full).toBe(false);
  await recording.close();
  expect(await readIndex(temporary.dir, '1')).toMatchObject({ end: recording.end, gaps: [] });
});

test('a disk that hangs holds nobody up for longer than 2 s; what it costs is a gap', async () => {
  await using temporary = await folder();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const disk = hangingDisk();
  const onDrain = vi.fn();
  const recording = record(temporary.dir, { turns: disk.turns, onDrain });
  const chunk = Buffer.alloc(100_000, 'x');
  while (!recording.full) recording.append(chunk);
  vi.advanceTimersByTime(1_900);
  expect(onDrain).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(onDrain).toHaveBeenCalledOnce();
  for (let n = 0; n < 1000; n++) {
    recording.append(chunk);
    expect(recording.full).toBe(false);
  }
  const flushed = recording.flush();
  await vi.advanceTimersByTimeAsync(2_100);
  await flushed;
  vi.useRealTimers();
  recording.append(Buffer.from('the end'));
  disk.free();
  await recording.close();
  const index = await readIndex(temporary.dir, '1');
  expect(index?.end).toBe(recording.end);
  expect(index?.gaps).toEqual([{ atMs: 0, offset: index?.start, bytes: index?.start }]);
  const kept = await readRecording(temporary.dir, '1');
  expect(kept?.bytes.subarray(-7).toString()).toBe('the end');
});

test('what a terminal does not pause for is left out, and offsets stay true', async () => {
  await using temporary = await folder();
  const recording = record(temporary.dir);
  for (let n = 0; n < 100; n++) recording.append(Buffer.alloc(mebibyte / 10, n));
  await recording.close();
  const kept = await readRecording(temporary.dir, '1');
  expect(kept?.bytes.length).toBeLessThanOrEqual(2 * mebibyte);
  expect(kept && kept.offset + kept.bytes.length).toBe(recording.end);
  expect(kept?.bytes.at(-1)).toBe(99);
});

test('writes that fail are told once, leave no files, and cost a gap', async () => {
  await using temporary = await folder();
  const errors: unknown[] = [];
  await writeFile(temporary.dir, 'in the way');
  const recording = record(temporary.dir, { onError: (error) => errors.push(error) });
  for (let n = 0; n < 3; n++) {
    recording.append(Buffer.from('lost'));
    await recording.flush();
  }
  expect(errors).toHaveLength(1);
  await rm(temporary.dir);
  recording.append(Buffer.from('kept'));
  await recording.close();
  expect(await readRecording(temporary.dir, '1')).toEqual({
    ...{ offset: 12, bytes: Buffer.from('kept') },
  });
  expect((await readIndex(temporary.dir, '1'))?.gaps).toEqual([{ atMs: 0, offset: 12, bytes: 12 }]);
  expect((await readdir(temporary.dir)).sort()).toEqual(['1.12.bin', '1.12.idx']);
});

test('an index of many bursts is told in few, in the same order and to the same end', async () => {
  await using temporary = await folder();
  await mkdir(temporary.dir);
  const bursts = 400_000;
  const lines = Array.from({ length: bursts }, (_, n) =>
    n % 3 === 0 ? `20 ${80 + (n % 7)}x24` : '17 1',
  );
  const bytes = lines.filter((line) => line.endsWith(' 1')).length;
  await writeFile(
    join(temporary.dir, '1.0.idx'),
    `tatami-recording 1 1700000000000 80x24 0\n${lines.join('\n')}\n`,
  );
  await writeFile(join(temporary.dir, '1.0.bin'), Buffer.alloc(bytes, 'x'));
  const index = await readIndex(temporary.dir, '1');
  const { outputs = [], resizes = [] } = index ?? {};
  expect(outputs.length).toBeGreaterThan(20_000);
  expect(outputs.length).toBeLessThanOrEqual(50_000);
  expect(resizes.length).toBeLessThanOrEqual(50_000);
  expect(outputs.at(-1)?.[1]).toBe(bytes);
  expect(
    outputs.every(([at, to], n) => {
      const [before, from] = outputs[n - 1] ?? [0, 0];
      return at >= before && to > from;
    }),
  ).toBe(true);
  expect((await readFile(join(temporary.dir, '1.0.idx'))).length).toBeGreaterThan(1_000_000);
});
