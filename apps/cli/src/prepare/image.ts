import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { installDebianPackages, requireRoot, runtimePackages } from './debian.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const buildTimeoutMs = 900_000;

/** Where the container images lie in the root filesystem; native/prepare.c mounts them there. */
const imagesFolder = 'usr/share/containers/images';
const images = join(cacheDir, 'images');

/**
 * Builds the learner's root filesystem with the container images, each once per content of its folder
 * below images/. @returns its path. @throws UserError when it cannot be built.
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
  if (existsSync(dir)) return join(dir, 'root');
  await removeInterrupted();
  await built(dir, "the learner's root filesystem", async (unfinished) => {
    const sources = join(unfinished, 'sources.list');
    const root = join(unfinished, 'root');
    await writeFile(sources, await debianSources());
    say("Building the learner's root filesystem (Debian 12, about half a minute) ...");
    await build(join(learner, 'build.sh'), [sources, root]);
    const store = join(images, storeName);
    if (!existsSync(store)) {
      say('Building the container images (nginx, a Java service, about a minute) ...');
      await built(store, 'the container images', (folder) =>
        build(join(containers, 'build.sh'), [sources, root, join(folder, 'store')]),
      );
    }
    // Hard links: the images are on the disk once, however many root filesystems have them.
    const link = ['--archive', '--link', '--no-target-directory'];
    await mustRun('cp', [...link, join(store, 'store'), join(root, imagesFolder)]);
  });
  return join(dir, 'root');
}

/** Makes a folder beside its place and moves it there whole. @throws UserError saying what failed. */
async function built(
  dir: string,
  what: string,
  make: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  const unfinished = join(images, `.build-${process.pid}-${basename(dir)}`);
  const started = Date.now();
  await mkdir(unfinished);
  try {
    await make(unfinished);
    await rename(unfinished, dir);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    // Another command built the same meanwhile.
    if (existsSync(dir)) return;
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${what} could not be built: ${(cause as Error).message}`, { cause });
  }
  say(`Built ${what} in ${Math.round((Date.now() - started) / 1000)} s.`);
}

async function build(script: string, args: string[]): Promise<void> {
  await mustRun(script, args, { timeoutMs: buildTimeoutMs });
}

/** What an interrupted build left; nothing of it was ever used. */
async function removeInterrupted(): Promise<void> {
  await mkdir(images, { recursive: true });
  for (const name of await readdir(images)) {
    const pid = name.match(/^\.build-(\d+)/)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) await rm(join(images, name), { recursive: true });
  }
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

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
