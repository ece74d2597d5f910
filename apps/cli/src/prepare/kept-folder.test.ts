import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../user-error.ts';
import { keepFolder } from './kept-folder.ts';

const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
beforeEach(() => said.mockClear());

/** A folder that is kept, and how often it was built. */
function image() {
  const cache = mkdtempSync(join(tmpdir(), 'tatami-kept-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const dir = join(cache, 'image');
  const kept = {
    cache,
    dir,
    builds: 0,
    fail: false,
    keep: () =>
      keepFolder(dir, 'the image', async (unfinished) => {
        kept.builds += 1;
        mkdirSync(join(unfinished, 'root/bin'), { recursive: true });
        if (kept.fail) throw new Error('the archive does not answer');
        writeFileSync(join(unfinished, 'root/bin/bash'), '#! the shell\n');
        symlinkSync('bash', join(unfinished, 'root/bin/sh'));
      }),
  };
  return kept;
}

test('a folder is made once', async () => {
  const kept = image();
  await kept.keep();
  await kept.keep();
  expect(kept.builds).toBe(1);
  expect(readFileSync(join(kept.dir, 'root/bin/sh'), 'utf8')).toBe('#! the shell\n');
  expect(readdirSync(kept.cache)).toEqual(['image']);
});

const damages: [string, (dir: string) => void][] = [
  ['removed', (dir) => rmSync(dir, { recursive: true })],
  ['emptied', (dir) => rmSync(join(dir, 'root'), { recursive: true })],
  ['robbed of a file', (dir) => unlinkSync(join(dir, 'root/bin/bash'))],
  ['robbed of a link', (dir) => unlinkSync(join(dir, 'root/bin/sh'))],
  ['robbed of its seal', (dir) => unlinkSync(join(dir, '.seal'))],
  ['given a file', (dir) => writeFileSync(join(dir, 'root/bin/other'), '')],
  ['cut', (dir) => writeFileSync(join(dir, 'root/bin/bash'), '')],
  ['written to', (dir) => appendFileSync(join(dir, 'root/bin/bash'), 'x')],
  ['changed at the same size', (dir) => overwritten(join(dir, 'root/bin/bash'))],
  ['made writable', (dir) => chmodSync(join(dir, 'root/bin'), 0o777)],
  ['replaced by a file', (dir) => replaced(dir)],
];

function overwritten(file: string): void {
  writeFileSync(file, '#! the swell\n'.slice(0, 13));
  // As if it had been done a while later.
  utimesSync(file, new Date(), new Date(Date.now() + 5_000));
}

function replaced(dir: string): void {
  rmSync(dir, { recursive: true });
  writeFileSync(dir, '');
}

test.each(damages)('one that was %s is made again', async (_, damage) => {
  const kept = image();
  await kept.keep();
  damage(kept.dir);
  const isLeft = existsSync(kept.dir);
  said.mockClear();
  await kept.keep();
  expect(kept.builds).toBe(2);
  expect(readFileSync(join(kept.dir, 'root/bin/sh'), 'utf8')).toBe('#! the shell\n');
  expect(readdirSync(kept.cache)).toEqual(['image']);
  const sentence = `The folder ${kept.dir} is damaged: the image will be built again.\n`;
  expect(said.mock.calls.flat().includes(sentence)).toBe(isLeft);
  await kept.keep();
  expect(kept.builds).toBe(2);
});

test('what cannot be made is named in one sentence, and nothing is left of it', async () => {
  const kept = image();
  kept.fail = true;
  const sentence = 'the image could not be built: the archive does not answer';
  await expect(kept.keep()).rejects.toThrow(new UserError(sentence));
  expect(readdirSync(kept.cache)).toEqual([]);
  kept.fail = false;
  await kept.keep();
  expect(kept.builds).toBe(2);
});

test('what an interrupted build left is removed', async () => {
  const kept = image();
  // No process has this id: it is above what the kernel gives out.
  mkdirSync(join(kept.cache, '.build-4194305-image/root'), { recursive: true });
  mkdirSync(join(kept.cache, `.build-${process.ppid}-image`));
  await kept.keep();
  expect(readdirSync(kept.cache).sort()).toEqual([`.build-${process.ppid}-image`, 'image']);
});
