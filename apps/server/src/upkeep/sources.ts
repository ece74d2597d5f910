import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { joinListFile } from '@tatami/protocol';
import { databaseFile } from '../store/database.ts';
import type { Source } from './archive-writer.ts';
import { MemberPath } from './manifest.ts';
import { Refusal } from './refusal.ts';

/** Where recordings are, below the data folder. */
export const recordingsFolder = 'runner/recordings';

/** The server's files but for the database: its keys, and what proves the set-up link. */
export async function serverFiles(dataDir: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { name } of (await filesIn(join(dataDir, 'server'))).filter(isKept)) {
    const path = join(dataDir, 'server', name);
    sources.push(await sourceOf(`server/${name}`, path));
  }
  return sources;
}

/** The list of workshops is written anew at every start; what is being written has a name of its own. */
const isKept = ({ name }: { name: string }): boolean =>
  !name.startsWith(databaseFile) &&
  !name.startsWith(joinListFile) &&
  MemberPath.safeParse(`server/${name}`).success;

/**
 * All recordings as far as they go now. A piece only grows or is deleted, and its bytes are written before its index
 * speaks of them, so the index is measured first.
 */
export async function recordings(dataDir: string): Promise<Source[]> {
  const root = join(dataDir, recordingsFolder);
  const sources: Source[] = [];
  for (const machine of await namesIn(root)) {
    const files = await namesIn(join(root, machine));
    const indexFirst = files.sort(
      (one, two) => Number(two.endsWith('.idx')) - Number(one.endsWith('.idx')),
    );
    for (const name of indexFirst) {
      const path = `${recordingsFolder}/${machine}/${name}`;
      if (!MemberPath.safeParse(path).success) continue;
      const source = await sourceOf(path, join(root, machine, name)).catch(unlessGone);
      if (source) sources.push(source);
    }
  }
  return sources.sort((one, two) => (one.path < two.path ? -1 : 1));
}

/** A file as far as it goes now. */
async function sourceOf(path: string, from: string): Promise<Source> {
  const { size, mtime } = await lstat(from);
  return { path, bytes: size, modifiedAt: mtime, open: () => openPlain(from).catch(unlessGone) };
}

/** Through no link and no pipe: the server's folder is the service user's, and this may be root. */
export async function openPlain(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Refusal(`${path} is no plain file`);
}

async function filesIn(dir: string) {
  return (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isFile());
}

const namesIn = (dir: string): Promise<string[]> =>
  readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });

function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
