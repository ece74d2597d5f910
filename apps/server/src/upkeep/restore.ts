import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unfinishedRestore } from '@tatami/protocol';
import { z } from 'zod';
import { removeAbandoned, unfinishedName } from './abandoned.ts';
import { checkArchive } from './archive-reader.ts';
import { type Place, syncFolder } from './backup.ts';
import type { Manifest } from './manifest.ts';
import { Refusal } from './refusal.ts';
import { refuseWhileRunning } from './running.ts';
import { unpack } from './unpack.ts';

export interface RestoreOptions extends Place {
  archive: string;
  /** What is there may be moved aside. */
  over: boolean;
  /** Whose the server's files become; undefined: whoever runs this. */
  owner: { uid: number; gid: number } | undefined;
}

/** What a restore did. */
export interface Restored {
  manifest: Manifest;
  /** Where what was there before is now; null when there was nothing. */
  kept: string | null;
}

/** What was put together beside, and is to be moved into its place. */
const Plan = z.strictObject({ archive: z.string(), kept: z.string(), createdAt: z.string() });
type Plan = z.infer<typeof Plan>;

const planName = 'plan.json';
/** The server's last: with it what is restored is whole. */
const parts = ['runner', 'server'] as const;

/**
 * Puts back what an archive holds. All of it is verified and unpacked beside its place first, then moved there; a restore
 * that was killed meanwhile is finished by the next. @throws Refusal in one sentence.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { archive, dataDir, over } = options;
  const manifest = await checkArchive(archive);
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  await refuseWhileRunning(options);
  await removeAbandoned(dataDir);
  const interrupted = await readPlan(dataDir);
  if (interrupted) {
    const kept = await moveIntoPlace(dataDir, interrupted);
    if (interrupted.createdAt === manifest.createdAt) return { manifest, kept };
    process.stderr.write(
      `The restore of ${interrupted.archive} was interrupted; it is finished now.\n`,
    );
  }
  await refuseMounts(dataDir);
  if (!over && (await holdsFiles(dataDir)))
    throw new Refusal(
      `${dataDir} holds data already; --over moves them aside and restores the archive`,
    );
  const beside = join(dataDir, unfinishedName('restore'));
  const plan = {
    archive: basename(archive),
    createdAt: manifest.createdAt,
    kept: `before-restore-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`,
  };
  try {
    await unpack(archive, manifest, beside);
    await give(join(beside, 'server'), options.owner);
    await writeFile(join(beside, planName), JSON.stringify(plan), { flush: true });
    await syncFolder(beside);
    await rename(beside, join(dataDir, unfinishedRestore));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  await syncFolder(dataDir);
  return { manifest, kept: await moveIntoPlace(dataDir, plan) };
}

async function readPlan(dataDir: string): Promise<Plan | null> {
  const path = join(dataDir, unfinishedRestore, planName);
  return existsSync(path) ? Plan.parse(JSON.parse(await readFile(path, 'utf8'))) : null;
}

/** Goes on wherever it was interrupted. @returns where what was there before is now. */
async function moveIntoPlace(dataDir: string, { kept }: Plan): Promise<string | null> {
  const beside = join(dataDir, unfinishedRestore);
  const aside = join(dataDir, kept);
  for (const part of parts) {
    const from = join(beside, part);
    const to = join(dataDir, part);
    if (!existsSync(from)) continue;
    if (await holdsFilesIn(to)) {
      await mkdir(aside, { recursive: true, mode: 0o700 });
      await rename(to, join(aside, part));
    } else await rm(to, { recursive: true, force: true });
    await rename(from, to);
  }
  await syncFolder(dataDir);
  await rm(beside, { recursive: true });
  return existsSync(aside) ? aside : null;
}

/** The folders are moved as a whole, which no mount can be. */
async function refuseMounts(dataDir: string): Promise<void> {
  const { dev } = await stat(dataDir);
  for (const part of parts) {
    const path = join(dataDir, part);
    if (existsSync(path) && (await stat(path)).dev !== dev)
      throw new Refusal(`${path} is a mount of its own: mount ${dataDir} as a whole instead`);
  }
}

const holdsFiles = async (dataDir: string): Promise<boolean> =>
  (await Promise.all(parts.map((part) => holdsFilesIn(join(dataDir, part))))).includes(true);

async function holdsFilesIn(dir: string): Promise<boolean> {
  if (!existsSync(dir)) return false;
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries)
    if (!entry.isDirectory() || (await holdsFilesIn(join(dir, entry.name)))) return true;
  return false;
}

async function give(dir: string, owner: RestoreOptions['owner']): Promise<void> {
  if (!owner) return;
  for (const name of await readdir(dir)) await chown(join(dir, name), owner.uid, owner.gid);
  await chown(dir, owner.uid, owner.gid);
}
