import { constants } from 'node:fs';
import { access, chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SettingName } from './table.ts';

/**
 * Makes a folder unless it is there. `what` it is ("the data folder") and the setting that names it go into the
 * sentence. @throws one sentence when this process cannot keep files there.
 */
export async function requireFolder(
  path: string,
  { what, setting, mode = 0o700 }: { what: string; setting: SettingName; mode?: number },
): Promise<void> {
  try {
    await makeFolder(path, mode);
    if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(`${what} ${path} ${whyNot(cause, setting)}`, { cause });
  }
}

/** Folders above may be passed through, not listed: others than their owner have something further down. */
const aboveMode = 0o711;

/** With those above it; not by `recursive`, which says ENOENT of a read-only file system. */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), aboveMode);
    await mkdir(path);
  }
  // The umask of services takes more away.
  await chmod(path, mode);
}

function whyNot(error: unknown, setting: SettingName): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const other = `name another with ${setting}`;
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return `is not a folder, or lies below something that is none; move that away, or ${other}.`;
    case 'EACCES':
    case 'EPERM':
      return `is not writable for user ${process.getuid?.()}; give it to that user (chown), or ${other}.`;
    case 'EROFS':
      return `is on a file system that is mounted read-only; mount it writable, or ${other}.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `cannot be made since its disk is full; make room there, or ${other}.`;
    default:
      return `cannot be used (${message}); mend that, or ${other}.`;
  }
}
