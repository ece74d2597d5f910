import { createHash } from 'node:crypto';
import { lstat, lutimes, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { cloneRoot } from '../../paths.ts';
import { debianSources, hashFolder } from '../../prepare/image.ts';
import { seal } from '../../prepare/kept-folder.ts';
import { buildTimeoutMs, cached, makeDisk } from '../cache.ts';

const scripts = join(cloneRoot, 'images/vm/host');

/** What a host is installed from. */
export interface HostParts {
  kernel: string;
  /** The files of Debian 13 as a cloud image has them. */
  tree: string;
  /** Learners' images, for /var/lib/tatami/images. */
  images: string;
  /** The one of them that this clone asks for, as it lies on this host. */
  image: string;
  /** npm packages, as npm keeps them. */
  npmCache: string;
  /** Stands for all of them. */
  key: string;
}

/** Builds what changes seldom, once per content. @throws UserError when it cannot be built. */
export async function prepareHostParts(learnerRoot: string): Promise<HostParts> {
  const registry = (await mustRun('npm', ['config', 'get', 'registry'])).trim();
  const baseName = `host-${await hashFolder(scripts)}`;
  const base = await cached(
    baseName,
    'the virtual machine of the host (Debian 13 with systemd and cloud-init, some minutes)',
    async (dir) => {
      const sources = join(dir, 'sources.list');
      const npmrc = join(dir, 'npmrc');
      await writeFile(sources, await debianSources('trixie'));
      await writeFile(npmrc, `registry=${registry}\ncache=/mnt/supplies/npm-cache\noffline=true\n`);
      await mustRun(join(scripts, 'build.sh'), [sources, npmrc, dir], {
        timeoutMs: buildTimeoutMs,
      });
    },
  );
  const imagesName = `images-${basename(dirname(learnerRoot))}`;
  const images = await cached(imagesName, "the disk of learners' images", (dir) =>
    makeImagesDisk(dirname(learnerRoot), dir),
  );
  const npm = await cached(`npm-${await hashOfLocks()}`, 'a cache of npm packages', (dir) =>
    mustRun(join(scripts, 'make-npm-cache.sh'), [cloneRoot, dir], {
      timeoutMs: buildTimeoutMs,
    }).then(() => undefined),
  );
  return {
    kernel: join(base, 'vmlinuz'),
    tree: join(base, 'tree'),
    images: join(images, 'images.ext4'),
    image: dirname(learnerRoot),
    npmCache: join(npm, 'npm-cache'),
    key: `${baseName} ${imagesName}`,
  };
}

async function hashOfLocks(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of ['package-lock.json', 'packaging/node/package-lock.json'])
    hash.update(await readFile(join(cloneRoot, path)));
  return hash.digest('hex').slice(0, 16);
}

/** A copy of a built image, sealed anew: the disk keeps times to the second. */
async function makeImagesDisk(built: string, dir: string): Promise<void> {
  const scratch = join(dir, 'scratch');
  const copy = join(scratch, basename(built));
  await mkdir(scratch);
  await mustRun('cp', ['--archive', built, copy], { timeoutMs: buildTimeoutMs });
  await keepSeconds(copy);
  await seal(copy);
  await makeDisk(scratch, join(dir, 'images.ext4'), 'tatami-images');
  await rm(scratch, { recursive: true });
}

async function keepSeconds(path: string): Promise<void> {
  const about = await lstat(path);
  if (about.isDirectory())
    for (const name of await readdir(path)) await keepSeconds(join(path, name));
  const seconds = Math.floor(about.mtimeMs / 1000);
  await lutimes(path, seconds, seconds);
}

/** The clone as it is now, as a release is: one file, which unpacks like a clone. @returns its path and hash. */
export async function makeRelease(dir: string): Promise<{ path: string; sha256: string }> {
  const path = join(dir, 'tatami.tgz');
  await mustRun(join(scripts, 'make-release.sh'), [cloneRoot, path], { timeoutMs: 120_000 });
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, sha256 };
}

/** What a machine with a network would fetch, as a folder. */
export async function makeSupplies(
  dir: string,
  parts: HostParts,
  release: string,
): Promise<string> {
  const supplies = join(dir, 'supplies');
  await mkdir(supplies);
  const files = [parts.npmCache, release];
  await mustRun('cp', ['--archive', ...files, supplies], { timeoutMs: buildTimeoutMs });
  return supplies;
}

/** A disk of Debian, on which the user-data's script has been run once without switching it on. */
export async function makePreparedDisk(
  image: string,
  options: { parts: HostParts; supplies: string; script: string; scratch: string },
): Promise<void> {
  const { parts, supplies, script, scratch } = options;
  const tree = join(scratch, 'tree');
  await mustRun('cp', ['--archive', parts.tree, tree], { timeoutMs: buildTimeoutMs });
  await writeFile(join(tree, 'usr/local/sbin/tatami-provision'), script, { mode: 0o755 });
  // Not in what npm sets for its scripts here: a cache of npm, for one, which the machine does not have.
  const command = [join(scripts, 'prepare.sh'), tree, supplies, parts.image];
  await mustRun('env', ['--ignore-environment', `PATH=${process.env.PATH}`, ...command], {
    timeoutMs: buildTimeoutMs,
  });
  await makeDisk(tree, image);
  await rm(tree, { recursive: true });
}

/** The disk on which cloud-init looks for user-data (its data source NoCloud). */
export async function makeSeed(dir: string, text: string): Promise<string> {
  const files = { 'user-data': text, 'meta-data': 'instance-id: tatami\nlocal-hostname: tatami\n' };
  const image = join(dir, 'seed.iso');
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  const paths = Object.keys(files).map((name) => join(dir, name));
  const options = ['-quiet', '-volid', 'cidata', '-joliet', '-rock', '-output', image];
  await mustRun('genisoimage', [...options, ...paths]);
  return image;
}
