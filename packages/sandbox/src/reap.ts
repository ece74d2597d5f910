import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listSandboxCgroups } from './cgroups.ts';
import { runcRoot, type SandboxHost } from './host.ts';
import { removeSandbox } from './sandbox.ts';

/** Ids of every sandbox of which anything is left: cgroups, bundles, runc's state. */
export async function findSandboxes(host: SandboxHost): Promise<string[]> {
  const list = (dir: string) => readdir(dir).catch(() => []);
  return [
    ...new Set([
      ...(await list(join(host.stateDir, 'sandboxes'))),
      ...(await list(runcRoot(host))),
      ...(await listSandboxCgroups(host.cgroups)),
    ]),
  ];
}

/** Removes what an earlier runner left behind; call before the first sandbox is made. @returns the ids. */
export async function reapSandboxes(host: SandboxHost): Promise<string[]> {
  const ids = await findSandboxes(host);
  for (const id of ids) await removeSandbox(host, id);
  return ids;
}
