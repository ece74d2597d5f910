import { existsSync } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@tatami/protocol';
import { RunnerClient } from '../runner/runner-client.ts';
import { databaseFile } from '../store/database.ts';
import { removeAbandoned, unfinishedName } from './abandoned.ts';
import { writeArchive } from './archive-writer.ts';
import { asOwner } from './as-owner.ts';
import { Snapshot } from './database.ts';
import { type Manifest, newManifest } from './manifest.ts';
import { Refusal } from './refusal.ts';
import { openPlain, recordings, serverFiles } from './sources.ts';

/** Where Tatami keeps things. */
export interface Place {
  dataDir: string;
  runDir: string;
}

export interface BackupOptions extends Place {
  /** The archive's file, or a folder in which it gets a name of its own. */
  target: string;
  /** It may take the place of a file that is there. */
  over: boolean;
  signal: AbortSignal;
}

/**
 * Writes all that is durable into one archive, whole or not at all, while everything runs. The database is as it was at
 * one moment and the recordings as of one soon after, so that all that evidence speaks of is in them.
 * @throws Refusal in one sentence.
 */
export async function backup(
  options: BackupOptions,
): Promise<{ path: string; bytes: number; manifest: Manifest }> {
  const { dataDir, over, signal } = options;
  const serverDir = join(dataDir, 'server');
  if (!existsSync(join(serverDir, databaseFile)))
    throw new Refusal(
      `there is no database of Tatami's in ${serverDir}: name its data folder with --data`,
    );
  const createdAt = new Date().toISOString();
  const path = await archivePath(options, createdAt);
  const beside = join(dirname(path), unfinishedName(basename(path)));
  await removeAbandoned(serverDir);
  await removeAbandoned(dirname(path));
  const database = await snapshotOf(serverDir);
  try {
    await flushRecordings(options);
    const sources = [
      database.source,
      ...(await serverFiles(dataDir)),
      ...(await recordings(dataDir)),
    ];
    const manifestOf = (files: Manifest['files']) => newManifest(database.schema, createdAt, files);
    const manifest = await writeArchive(beside, sources, manifestOf, signal);
    const { size: bytes } = await stat(beside);
    await putInPlace(beside, path, over);
    return { path, bytes, manifest };
  } finally {
    await database.file.close();
    await rm(beside, { force: true });
  }
}

async function archivePath({ target, over }: BackupOptions, createdAt: string): Promise<string> {
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const name = `tatami-${createdAt.replaceAll(/[-:]|\.\d+/g, '')}.tar`;
  const path = isFolder ? join(target, name) : target;
  if (!existsSync(dirname(path))) throw new Refusal(`there is no folder ${dirname(path)}`);
  if (existsSync(path) && !over) throw new Refusal(`${path} is there already; --over replaces it`);
  return path;
}

/** The database as it is now; the copy has no name any more, and goes when it is closed. */
async function snapshotOf(dir: string) {
  const path = join(dir, unfinishedName('snapshot'));
  let file: FileHandle;
  let schema: string;
  try {
    ({ schema } = Snapshot.parse(JSON.parse(await asOwner(dir, ['snapshot', dir, path]))));
    file = await openPlain(path);
  } finally {
    await rm(path, { force: true });
  }
  const { size: bytes, mtime: modifiedAt } = await file.stat();
  const source = { path: `server/${databaseFile}`, bytes, modifiedAt, open: async () => file };
  return { source, schema, file };
}

/** A runner that does not run has nothing that is not on the disk. */
async function flushRecordings({ runDir }: Place): Promise<void> {
  const runner = new RunnerClient(join(runDir, 'runner.sock'));
  try {
    await runner.flush();
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'runner.unreachable')) throw error;
  } finally {
    await runner.close();
  }
}

/** Moves a finished file to its name, in one step. */
async function putInPlace(beside: string, path: string, over: boolean): Promise<void> {
  if (over) await rename(beside, path);
  else
    await link(beside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST')
        throw new Refusal(`${path} has come to be there meanwhile; --over replaces it`);
      // A file system without links.
      return rename(beside, path);
    });
  await syncFolder(dirname(path));
}

/** So that a name in it outlives a loss of power. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir);
  await folder.sync();
  await folder.close();
}
