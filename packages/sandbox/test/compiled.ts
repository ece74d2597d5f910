import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../src/command.ts';

/** A static program of C source, as base64. */
export async function compiled(source: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-compiled-'));
  try {
    const out = join(dir, 'program');
    await mustRun('cc', ['-static', '-pthread', '-x', 'c', '-o', out, '-'], { input: source });
    return (await readFile(out)).toString('base64');
  } finally {
    await rm(dir, { recursive: true });
  }
}
