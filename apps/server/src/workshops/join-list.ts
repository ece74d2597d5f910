import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JoinList, joinListFile } from '@tatami/protocol';
import type { Workshops } from './workshops.ts';

/** Keeps a file of the workshops that can be joined, which the command line prints in a room. */
export async function keepJoinList(
  workshops: Workshops,
  dataDir: string,
  warn: (error: unknown) => void,
): Promise<void> {
  const path = join(dataDir, joinListFile);
  let last = Promise.resolve();
  const write = async () => {
    const list: JoinList = (await workshops.joinable()).map((one) => ({
      ...{ title: one.title, joinCode: one.joinCode },
      ...{ opensAt: one.opensAt, closesAt: one.closesAt },
    }));
    // Written beside and moved, so that nobody reads half of it.
    await writeFile(`${path}.new`, JSON.stringify(list), { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  workshops.on('changed', () => {
    last = last.then(write).catch(warn);
  });
  await write();
}
