import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../user-error.ts';

const mebibyte = 1024 * 1024;
/** Root filesystem, container images and programs that are built once, and room to build them. */
export const builtBytes = 2048 * mebibyte;
/** With less than this a disk is full: what failed wanted more, and may have taken some of it away again. */
const fullBytes = 8 * mebibyte;

/** Free bytes of the disk that a path lies on, or will. */
export async function freeBytes(path: string): Promise<number> {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws UserError unless there is room to build `what` below a folder. */
export async function requireRoom(folder: string, what: string, bytes = builtBytes): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes) return;
  throw new UserError(
    `there is no room for ${what}: building it takes ${inMebibytes(bytes)} below ${folder}, where ${inMebibytes(free)} are free; make room there, or mount a larger disk, and start again.`,
  );
}

/** In one sentence, why `what` could not be built in `folder`, as long as the attempt is still there. */
export async function whyNotBuilt(folder: string, what: string, cause: Error): Promise<string> {
  const isFull =
    /no space left on device/i.test(cause.message) || (await freeBytes(folder)) < fullBytes;
  return isFull
    ? `${what} could not be built, for the disk that ${folder} lies on is full; make room there and start again: nothing of the attempt is kept.`
    : `${what} could not be built: ${cause.message}`;
}

const inMebibytes = (bytes: number): string => `${Math.floor(bytes / mebibyte)} MiB`;
