import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { builtOnce } from '@tatami/sandbox';

const run = promisify(execFile);
const flags = ['-std=c11', '-D_GNU_SOURCE', '-Os', '-s', '-Wall', '-Wextra', '-Werror'];
const kinds = { program: ['-static'], library: ['-shared', '-fPIC'] };

/**
 * Compiles each of the benches' C programs for the inside of a sandbox, once per content of the sources;
 * `*-preload.c` become libraries. @returns the folder that holds them, each by the name of its source.
 */
export function buildBenchPrograms(cacheDir: string, sources: string): Promise<string> {
  const what = "the benches' programs";
  const how = JSON.stringify([flags, kinds]);
  return builtOnce({ cacheDir, sources, what, how }, async (unfinished) => {
    for (const source of await readdir(sources)) {
      const kind = source.endsWith('-preload.c') ? kinds.library : kinds.program;
      const program = join(unfinished, basename(source, '.c'));
      await run('cc', [...flags, ...kind, '-o', program, join(sources, source)]);
    }
  });
}
