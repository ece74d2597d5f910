import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { installDebianPackages, requireRoot, runtimePackages } from './debian.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const buildTimeoutMs = 900_000;

/**
 * Builds the learner's root filesystem, once per content of images/learner. @returns its path.
 * @throws UserError when it cannot be built.
 */
export async function prepareImage(): Promise<string> {
  requireRoot();
  await installDebianPackages(runtimePackages);
  const inputs = join(cloneRoot, 'images/learner');
  const images = join(cacheDir, 'images');
  const dir = join(images, await hashFolder(inputs));
  const root = join(dir, 'root');
  if (existsSync(dir)) return root;
  await mkdir(images, { recursive: true });
  // What an interrupted build left; nothing of it was ever used.
  for (const name of await readdir(images))
    if (name.startsWith('.build-')) await rm(join(images, name), { recursive: true });
  const unfinished = join(images, `.build-${process.pid}`);
  await mkdir(unfinished);
  const sources = join(unfinished, 'sources.list');
  await writeFile(sources, await debianSources());
  process.stderr.write(
    "Building the learner's root filesystem (Debian 12, about half a minute) ...\n",
  );
  const started = Date.now();
  try {
    await mustRun(join(inputs, 'build.sh'), [sources, join(unfinished, 'root')], {
      timeoutMs: buildTimeoutMs,
    });
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw new UserError(
      `the learner's root filesystem could not be built: ${(cause as Error).message}`,
      { cause },
    );
  }
  await rename(unfinished, dir);
  process.stderr.write(`Built in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  return root;
}

/** Debian 12's repositories, from the mirrors that this host uses if it uses Debian's. */
export async function debianSources(): Promise<string> {
  const targets = await mustRun('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const uris = [...new Set(targets.split('\n').map((uri) => uri.replace(/\/$/, '')))];
  const main = uris.find((uri) => uri.endsWith('/debian')) ?? 'http://deb.debian.org/debian';
  const security =
    uris.find((uri) => uri.endsWith('/debian-security')) ?? 'http://deb.debian.org/debian-security';
  return [`${main} bookworm`, `${main} bookworm-updates`, `${security} bookworm-security`]
    .map((entry) => `deb [signed-by=${keyring}] ${entry} main\n`)
    .join('');
}

/** A hash of the names and contents of all files in a folder, but for folders named in `skip`. */
export async function hashFolder(dir: string, skip: string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const path = join(dir, name);
    if (name.split('/').some((part) => skip.includes(part))) continue;
    if ((await stat(path)).isFile()) hash.update(name).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
