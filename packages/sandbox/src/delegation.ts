import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupHost } from './cgroups.ts';
import { until } from './until.ts';

/** What sandboxes are limited by. */
const needed = ['memory', 'pids', 'cpu'];

/**
 * Makes a version 2 root ready for sandboxes that is not the host's own but was handed to this runner:
 * that of a container, or of a systemd unit with Delegate= (cgroup_namespaces(7)). The host's own,
 * which has no cgroup.type, is left as it is.
 */
export async function arrangeDelegatedRoot({ version, unified }: CgroupHost): Promise<void> {
  if (version !== 2 || !unified || !existsSync(join(unified, 'cgroup.type'))) return;
  await handDown(unified, needed);
}

/**
 * Lets the cgroups below a folder have controllers. The kernel refuses that while processes are in the
 * folder itself (cgroups(7), "no internal processes"), so they go into a leaf of it.
 */
export async function handDown(folder: string, controllers: string[]): Promise<void> {
  const leaf = join(folder, 'runner');
  await mkdir(leaf, { recursive: true });
  await until(
    async () => {
      const pids = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).split('\n');
      // 0 is one of another pid namespace, which nobody here can move.
      const here = pids.filter((pid) => pid !== '' && pid !== '0');
      for (const pid of here) await writeFile(join(leaf, 'cgroup.procs'), pid).catch(ended);
      return here.length === 0;
    },
    { what: `the processes of cgroup ${folder} are in ${leaf}`, everyMs: 3 },
  );
  const names = controllers.map((name) => `+${name}`).join(' ');
  await writeFile(join(folder, 'cgroup.subtree_control'), names);
}

function ended(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ESRCH') throw error;
}
