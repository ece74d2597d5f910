import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labNew } from './new.ts';
import { labTest } from './test/command.ts';

/** A folder that temporary files of this process lie in, so that those of others are told apart. */
async function ownTemporaries() {
  const outer = process.env.TMPDIR;
  const dir = await mkdtemp(join(tmpdir(), 'tatami-lab-'));
  // The sandboxes' root, nobody on the host, passes through.
  await chmod(dir, 0o711);
  process.env.TMPDIR = dir;
  return {
    dir,
    [Symbol.asyncDispose]: async () => {
      if (outer === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = outer;
      await rm(dir, { recursive: true });
    },
  };
}

test('what lab new writes is proven by lab test', { timeout: 300_000 }, async () => {
  await using temporaries = await ownTemporaries();
  const labsDir = join(temporaries.dir, 'labs');
  await labNew('05-first-look', labsDir);
  expect(await labTest(['05-first-look'], { labsDir, json: false })).toBe(0);
  expect(await readdir(temporaries.dir)).toEqual(['labs']);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(temporaries.dir);
});
