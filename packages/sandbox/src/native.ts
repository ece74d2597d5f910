import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const flags = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];
const programs = {
  bin: {
    name: 'tatami-native',
    sources: [
      'main.c',
      'prepare.c',
      'enter.c',
      'relay.c',
      'backlog.c',
      'probe.c',
      'buffer.c',
      'process.c',
      'namespaces.c',
      'read.c',
      'seccomp.c',
      'connector.c',
      'frames.c',
      'describe.c',
      'procfs.c',
    ],
    extra: [],
  },
  init: { name: 'tatami-init', sources: ['init.c', 'seccomp.c'], extra: ['-static', '-pthread'] },
  handoff: { name: 'tatami-handoff', sources: ['handoff.c'], extra: ['-static'] },
};

/** Paths of the native helper, of the static program that is PID 1 of every sandbox, and of what hands browsers over. */
export interface NativePrograms {
  bin: string;
  init: string;
  handoff: string;
}

/** Folder of the C sources; a bundled program must pass its own. */
export const nativeSources = fileURLToPath(new URL('../native', import.meta.url));

/**
 * Compiles the C programs with the distribution's `cc`, once per content of the sources.
 * @throws when it fails or is missing; the cause has its words.
 */
export async function buildNative(
  cacheDir: string,
  sources = nativeSources,
): Promise<NativePrograms> {
  const what = 'the native helper';
  const dir = await builtOnce(
    { cacheDir, sources, what, how: flags.join(' ') },
    async (unfinished) => {
      for (const { name, sources: files, extra } of Object.values(programs)) {
        await run('cc', [
          ...flags,
          ...extra,
          '-o',
          join(unfinished, name),
          ...files.map((f) => join(sources, f)),
        ]);
      }
    },
  );
  const pathOf = ({ name }: { name: string }) => join(dir, name);
  const { bin, init, handoff } = programs;
  return { bin: pathOf(bin), init: pathOf(init), handoff: pathOf(handoff) };
}

/**
 * Fills a folder of `cacheDir` by `build`, once per content of `sources` and of `how` it is done.
 * @returns the folder. @throws an error that names `what` could not be compiled, with the reason as its cause.
 */
export async function builtOnce(
  {
    cacheDir,
    sources,
    what,
    how,
  }: { cacheDir: string; sources: string; what: string; how: string },
  build: (dir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(how).update(process.arch);
  for (const file of (await readdir(sources)).sort())
    hash.update(file).update(await readFile(join(sources, file)));
  const dir = join(cacheDir, hash.digest('hex').slice(0, 16));
  if (await exists(dir)) return dir;
  const unfinished = `${dir}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await build(unfinished);
    await rename(unfinished, dir);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(dir))) throw new Error(`${what} could not be compiled`, { cause: error });
  }
  return dir;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
