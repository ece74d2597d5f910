import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Recordings } from './recordings.ts';

const mebibyte = 1024 * 1024;

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-recordings-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

const fail = (_: string, error: unknown) => {
  throw error;
};

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
  await new Recordings(temporary.dir, fail).expire(now);
  expect((await readdir(temporary.dir)).sort()).toEqual(['new', 'second', 'third']);
  await new Recordings(temporary.dir, fail, 2500).expire(now);
  expect((await readdir(temporary.dir)).sort()).toEqual(['new', 'second']);
});

test('too much altogether costs those that are gone first, then whoever wrote most', async () => {
  await using temporary = await folder();
  const recordings = new Recordings(temporary.dir, fail, 8 * mebibyte);
  const quiet = recordings.open('a00000000001', '1', () => undefined);
  const flooding = recordings.open('a00000000002', '1', () => undefined);
  quiet.append(Buffer.from('quiet'));
  await quiet.flush();
  await mkdir(join(temporary.dir, 'a00000000003'));
  await writeFile(join(temporary.dir, 'a00000000003', '1.0.bin'), Buffer.alloc(mebibyte));
  for (let n = 0; n < 200; n++) {
    flooding.append(Buffer.alloc(mebibyte / 10, n));
    await flooding.flush();
  }
  await recordings.expire();
  expect((await readdir(temporary.dir)).sort()).toEqual(['a00000000001', 'a00000000002']);
  expect(flooding.bytes).toBeLessThan(8 * mebibyte);
  expect(flooding.bytes).toBeGreaterThan(3 * mebibyte);
  const index = await recordings.index('a00000000002', '1');
  expect(index).toMatchObject({ end: flooding.end });
  expect(index?.gaps[0]?.bytes).toBe(index?.start);
  expect((await recordings.range('a00000000001', '1', { most: 100 }))?.bytes.toString()).toBe(
    'quiet',
  );
  await recordings.close('a00000000001');
  await recordings.close('a00000000002');
});

test('what is deleted of one machine is gone, and counts no more', async () => {
  await using temporary = await folder();
  const recordings = new Recordings(temporary.dir, fail, 3 * mebibyte);
  for (const id of ['a00000000001', 'a00000000002']) {
    const recording = recordings.open(id, '1', () => undefined);
    recording.append(Buffer.alloc(mebibyte));
    await recordings.close(id);
  }
  await recordings.remove('a00000000001');
  await recordings.remove('a00000000001');
  expect(await readdir(temporary.dir)).toEqual(['a00000000002']);
  expect(await recordings.index('a00000000001', '1')).toBeNull();
  expect(await recordings.terminals('a00000000002')).toEqual(['1']);
});

test('a reader sees what was just printed', async () => {
  await using temporary = await folder();
  const recordings = new Recordings(temporary.dir, fail);
  const recording = recordings.open('a00000000001', '2', () => undefined);
  recording.append(Buffer.from('now'));
  expect(await recordings.index('a00000000001', '2')).toMatchObject({ end: 3 });
  expect(await recordings.terminals('a00000000001')).toEqual(['2']);
  await recordings.close('a00000000001');
  expect(await recordings.index('a00000000009', '2')).toBeNull();
});
