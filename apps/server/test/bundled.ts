import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../..');
const made = new Map<string, Promise<string>>();

/** A program of this app (an entry file below src) as one file that starts at once. Made once a process. */
export function bundled(entry: string): Promise<string> {
  const known = made.get(entry) ?? bundle(entry);
  made.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  // Below the workspace, where npm packages are found.
  const outfile = join(root, '.cache/test', basename(entry).replace('.ts', '.mjs'));
  const beside = `${outfile}.${process.pid}.mjs`;
  await build({
    entryPoints: [join(import.meta.dirname, '../src', entry)],
    outfile: beside,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    plugins: [
      {
        name: 'own-packages-only',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@tatami/') ? null : { path, external: true },
          ),
      },
    ],
  });
  // Other test files do the same at the same time.
  await rename(beside, outfile);
  return outfile;
}
