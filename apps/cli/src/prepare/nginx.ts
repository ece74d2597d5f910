import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cloneRoot } from '../paths.ts';
import { installDebianPackages } from './debian.ts';

/** Libraries that Debian's nginx is linked with. */
const libraries = ['libpcre2-8-0', 'libssl3', 'libcrypt1', 'zlib1g'];
const cache = join(cloneRoot, '.cache');

/**
 * Debian's nginx, for tests of what stands between browsers and the server. Unpacked, not installed: the
 * package would start a web server of its own on port 80. @returns the program's path.
 */
export async function prepareNginx(): Promise<string> {
  const program = join(cache, 'nginx/usr/sbin/nginx');
  if (existsSync(program)) return program;
  await installDebianPackages(libraries);
  process.stderr.write('Fetching nginx ...\n');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'nginx-'));
  try {
    await mustRun('apt-get', ['update', '-qq'], { timeoutMs: 300_000 });
    await mustRun('sh', ['-c', 'cd "$1" && apt-get download -qq nginx', 'sh', dir], {
      timeoutMs: 120_000,
    });
    const [file] = (await readdir(dir)).filter((name) => name.endsWith('.deb'));
    await mustRun('dpkg-deb', ['--extract', join(dir, file ?? ''), join(dir, 'unpacked')]);
    await rename(join(dir, 'unpacked'), join(cache, 'nginx'));
  } finally {
    await rm(dir, { recursive: true });
  }
  return program;
}
