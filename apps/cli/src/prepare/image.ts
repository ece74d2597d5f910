import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { installDebianPackages, requireRoot, runtimePackages } from './debian.ts';
import { requireRoom } from './disk.ts';
import { keepFolder } from './kept-folder.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const buildTimeoutMs = 900_000;

/** Where the container images lie in the root filesystem; native/prepare.c mounts them there. */
const imagesFolder = 'usr/share/containers/images';
const images = join(cacheDir, 'images');

/**
 * Builds the learner's root filesystem with the container images, each once per content of its folder
 * below images/ and again when they are damaged. @returns its path. @throws UserError when it cannot be built.
 */
export async function prepareImage(): Promise<string> {
  requireRoot();
  await installDebianPackages(runtimePackages);
  const learner = join(cloneRoot, 'images/learner');
  const containers = join(cloneRoot, 'images/containers');
  const storeName = `containers-${await hashFolder(containers)}`;
  const name = createHash('sha256')
    .update(await hashFolder(learner))
    .update(storeName);
  const dir = join(images, name.digest('hex').slice(0, 16));
  const what = "the learner's root filesystem";
  await keepFolder(dir, what, async (unfinished) => {
    await requireRoom(images, what);
    const sources = join(unfinished, 'sources.list');
    const root = join(unfinished, 'root');
    await writeFile(sources, await debianSources());
    say("Building the learner's root filesystem (Debian 12, about half a minute) ...");
    await build(join(learner, 'build.sh'), [sources, root]);
    const store = join(images, storeName);
    await keepFolder(store, 'the container images', (folder) => {
      say('Building the container images (nginx, a Java service, about a minute) ...');
      return build(join(containers, 'build.sh'), [sources, root, join(folder, 'store')]);
    });
    // Hard links: the images are on the disk once, however many root filesystems have them.
    const link = ['--archive', '--link', '--no-target-directory'];
    await mustRun('cp', [...link, join(store, 'store'), join(root, imagesFolder)]);
  });
  return join(dir, 'root');
}

async function build(script: string, args: string[]): Promise<void> {
  await mustRun(script, args, { timeoutMs: buildTimeoutMs });
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Debian's repositories, from the mirrors that this host uses if it uses Debian's. */
export async function debianSources(suite = 'bookworm'): Promise<string> {
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
  return [`${main} ${suite}`, `${main} ${suite}-updates`, `${security} ${suite}-security`]
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
