import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expireRecordings, Recording, readRecording, recordedTerminals } from './recording.ts';

const mebibyte = 1024 * 1024;
const fail = (error: unknown) => {
  throw error;
};

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-recording-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

test('keeps the end of a long output, at its absolute offset', async () => {
  await using temporary = await folder();
  const recording = new Recording(temporary.dir, '2', fail);
  for (let n = 0; n < 50; n++) {
    recording.append(Buffer.alloc(mebibyte / 10, n));
    await recording.flush();
  }
  const kept = await readRecording(temporary.dir, '2');
  expect(kept && kept.offset + kept.bytes.length).toBe(recording.end);
  expect(kept?.bytes.length).toBeLessThan(3 * mebibyte);
  expect(kept?.bytes.at(-1)).toBe(49);
  expect(await recordedTerminals(temporary.dir)).toEqual(['2']);
  expect(await readdir(temporary.dir)).toHaveLength(2);
});

test('what a slow disk cannot take in time is left out, and offsets stay true', async () => {
  await using temporary = await folder();
  const recording = new Recording(temporary.dir, '1', fail);
  for (let n = 0; n < 100; n++) recording.append(Buffer.alloc(mebibyte / 10, n));
  await recording.flush();
  const kept = await readRecording(temporary.dir, '1');
  expect(kept?.bytes.length).toBeLessThanOrEqual(2 * mebibyte);
  expect(kept && kept.offset + kept.bytes.length).toBe(recording.end);
  expect(kept?.bytes.at(-1)).toBe(99);
});

test('after a write that failed, offsets stay true', async () => {
  await using temporary = await folder();
  const errors: unknown[] = [];
  const dir = join(temporary.dir, 'recordings');
  await writeFile(dir, 'in the way');
  const recording = new Recording(dir, '1', (error) => errors.push(error));
  recording.append(Buffer.from('lost'));
  await recording.flush();
  expect(errors).toHaveLength(1);
  await rm(dir);
  recording.append(Buffer.from('kept'));
  await recording.flush();
  expect(await readRecording(dir, '1')).toEqual({ offset: 4, bytes: Buffer.from('kept') });
});

test('old recordings go, and the oldest of too many', async () => {
  await using temporary = await folder();
  const now = Date.now();
  const ages = { new: 0, second: 1, third: 2, month: 31 };
  for (const [name, days] of Object.entries(ages)) {
    const file = join(temporary.dir, name, '1.0.bin');
    await mkdir(join(temporary.dir, name));
    await writeFile(file, Buffer.alloc(1000));
    const at = new Date(now - days * 86_400_000);
    await utimes(file, at, at);
  }
  await expireRecordings(temporary.dir, now);
  expect((await readdir(temporary.dir)).sort()).toEqual(['new', 'second', 'third']);
  await expireRecordings(temporary.dir, now, 2500);
  expect((await readdir(temporary.dir)).sort()).toEqual(['new', 'second']);
});
