import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../user-error.ts';
import { whyNotBuilt } from './disk.ts';

/** Written into a folder once it is whole. */
const sealName = '.seal';

/**
 * Makes a folder beside its place and moves it there whole, unless it is there and as it was made; one
 * that was damaged since is made again. @throws UserError saying what failed.
 */
export async function keepFolder(
  dir: string,
  what: string,
  make: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  if (await isWhole(dir)) return;
  if (existsSync(dir)) say(`The folder ${dir} is damaged: ${what} will be built again.`);
  const unfinished = join(dirname(dir), `.build-${process.pid}-${basename(dir)}`);
  const started = Date.now();
  try {
    await mkdir(dirname(dir), { recursive: true });
    await removeInterrupted(dirname(dir));
    await mkdir(unfinished);
    await make(unfinished);
    await seal(unfinished);
    // Another command may have built the same meanwhile.
    if (!(await isWhole(dir))) {
      await rm(dir, { recursive: true, force: true });
      await rename(unfinished, dir);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(await whyNotBuilt(dirname(dir), what, cause as Error), { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  say(`Built ${what} in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** Takes a folder for whole as it is now. */
export async function seal(dir: string): Promise<void> {
  await writeFile(join(dir, sealName), stateOf(dir));
}

/** What an interrupted build left; nothing of it was ever used. */
async function removeInterrupted(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = name.match(/^\.build-(\d+)/)?.[1];
    if (pid && !existsSync(`/proc/${pid}`))
      await rm(join(dir, name), { recursive: true, force: true });
  }
}

async function isWhole(dir: string): Promise<boolean> {
  const seal = await readFile(join(dir, sealName), 'utf8').catch(() => undefined);
  return seal !== undefined && seal === stateOf(dir);
}

/**
 * A hash of everything below but what is in the files, whose sizes and times tell of changes: reading
 * all of an image would take longer than starting.
 */
function stateOf(dir: string): string {
  const hash = createHash('sha256');
  const visit = (folder: string) => {
    for (const name of readdirSync(join(dir, folder)).sort()) {
      const path = join(folder, name);
      if (path === sealName) continue;
      const about = lstatSync(join(dir, path));
      const { mode, uid, gid } = about;
      const inside = about.isFile()
        ? `${about.size} ${about.mtimeMs}`
        : about.isSymbolicLink()
          ? readlinkSync(join(dir, path))
          : '';
      hash.update(`${JSON.stringify(path)} ${mode} ${uid} ${gid} ${inside}\n`);
      if (about.isDirectory()) visit(path);
    }
  };
  visit('');
  return hash.digest('hex');
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
