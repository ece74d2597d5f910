import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sources = join(import.meta.dirname, '../../../packages/sandbox/native');

/** Compiles tatami-proxy for a test. */
export async function proxyProgram() {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-proxy-'));
  const path = join(dir, 'tatami-proxy');
  const files = ['proxy.c', 'backlog.c'].map((file) => join(sources, file));
  execFileSync('cc', ['-D_GNU_SOURCE', '-O2', '-static', '-o', path, ...files]);
  return { path, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
