import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireFolder } from './folder.ts';

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('a folder is its owner’s, and others may pass through those above it, whatever the umask', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-folder-'));
  const before = process.umask(0o077);
  try {
    const path = join(dir, 'run/deep/state');
    await requireFolder(path, { what: 'the state folder', setting: 'TATAMI_RUN' });
    expect(await modeOf(path)).toBe(0o700);
    expect(await modeOf(join(dir, 'run/deep'))).toBe(0o711);
    expect(await modeOf(join(dir, 'run'))).toBe(0o711);
    await requireFolder(join(dir, 'run'), { what: 'the folder', setting: 'TATAMI_RUN' });
    expect(await modeOf(join(dir, 'run'))).toBe(0o711);
  } finally {
    process.umask(before);
    await rm(dir, { recursive: true });
  }
});
