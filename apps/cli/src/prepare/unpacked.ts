import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cloneRoot } from '../paths.ts';
import { installDebianPackages } from './debian.ts';

const cache = join(cloneRoot, '.cache');

/**
 * Debian packages unpacked into a folder `name` of the clone, once, and not installed: that would start services, which
 * a test runs itself. `libraries` are installed. @returns the folder.
 */
export async function unpackDebianPackages(
  name: string,
  { packages, libraries }: { packages: string[]; libraries: string[] },
): Promise<string> {
  const target = join(cache, name);
  if (existsSync(target)) return target;
  await installDebianPackages(libraries);
  process.stderr.write(`Fetching ${packages.join(', ')} ...\n`);
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, `${name}-`));
  try {
    await mustRun('apt-get', ['update', '-qq'], { timeoutMs: 300_000 });
    const download = 'cd "$1" && shift && apt-get download -qq "$@"';
    await mustRun('sh', ['-c', download, 'sh', dir, ...packages], { timeoutMs: 300_000 });
    for (const file of await readdir(dir))
      await mustRun('dpkg-deb', ['--extract', join(dir, file), join(dir, 'unpacked')]);
    await rename(join(dir, 'unpacked'), target);
  } finally {
    await rm(dir, { recursive: true });
  }
  return target;
}
