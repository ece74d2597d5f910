import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of something unfinished, which says who makes it. */
export const unfinishedName = (name: string): string => `.${name}.unfinished-${process.pid}`;

/** Removes what a process that was killed has left in a folder. */
export async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /^\..+\.unfinished-(\d+)(?:-\w+)?$/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`))
      await rm(join(dir, name), { recursive: true, force: true });
  }
}
