import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../../../packages/sandbox/native/handoff.c');

/** Compiles tatami-handoff for a test. */
export async function handoffProgram() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-handoff-'));
  const path = join(dir, 'tatami-handoff');
  execFileSync('cc', ['-D_GNU_SOURCE', '-O2', '-static', '-o', path, source]);
  return { path, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
