import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { cloneRoot } from '../paths.ts';

/** The workspace's own packages are TypeScript and go in; those of npm stay outside. */
const ownPackagesOnly: Plugin = {
  name: 'own-packages-only',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@tatami/') ? undefined : { path, external: true },
    );
  },
};

/**
 * Bundles an app's entry file (a path from the clone's root) into one .mjs file and returns its path.
 * Unless told, that lies beside the clone's node_modules, where the packages outside are found.
 */
export async function bundleApp(
  entry: string,
  name: string,
  dir = join(cloneRoot, '.cache', name),
): Promise<string> {
  const outfile = join(dir, `${name}.mjs`);
  await build({
    entryPoints: [resolve(cloneRoot, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    plugins: [ownPackagesOnly],
  });
  return outfile;
}
