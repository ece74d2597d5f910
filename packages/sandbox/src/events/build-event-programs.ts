import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtOnce, nativeSources } from '../native.ts';

const run = promisify(execFile);

/** Debian's folder of the kernel headers, which clang does not know when it compiles for BPF. */
const headers = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
const kernelFlags = ['-g', '-O2', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter'];
// Atomic additions that return the old value came with the third version of the instructions.
const target = ['-target', 'bpf', '-mcpu=v3', '-I', headers, '-c'];
const loaderFlags = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];
const libraries = ['-l:libbpf.a', '-lelf', '-lz'];

/** The kernel programs and the program that loads them. */
export interface EventPrograms {
  object: string;
  loader: string;
}

/**
 * Compiles them with the distribution's clang, cc and libbpf, once per content of the sources.
 * @throws when one of them fails or is missing; the cause has its words.
 */
export async function buildEventPrograms(
  cacheDir: string,
  sources = nativeSources,
): Promise<EventPrograms> {
  const how = [...kernelFlags, ...target, ...loaderFlags, '-static', ...libraries].join(' ');
  const source = (name: string) => join(sources, name);
  const what = "the event stream's kernel programs";
  const dir = await builtOnce({ cacheDir, sources, what, how }, async (unfinished) => {
    const object = join(unfinished, 'events.bpf.o');
    const loader = join(unfinished, 'tatami-events');
    await run('clang', [...kernelFlags, ...target, source('events.bpf.c'), '-o', object]);
    const files = ['events.c', 'frames.c'].map(source);
    const link = (...how: string[]) =>
      run('cc', [...loaderFlags, ...how, '-o', loader, ...files, ...libraries]);
    // Debian 13's libelf.a lacks parts of itself.
    await link('-static').catch(() => link());
  });
  return { object: join(dir, 'events.bpf.o'), loader: join(dir, 'tatami-events') };
}
