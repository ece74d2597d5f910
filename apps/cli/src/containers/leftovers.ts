import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { detectCgroups } from '@tatami/sandbox';

/** What a Docker Engine made on the host: processes and mounts that bear the name of its folder, and its cgroups. */
export async function leftovers(engine: { dir: string; cgroup: string }): Promise<string[]> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const { hierarchies } = await detectCgroups(engine.cgroup);
  return [
    ...mounts.filter((line) => line.includes(engine.dir)),
    ...processes().filter((line) => line.includes(engine.dir)),
    ...[...hierarchies].map((root) => join(root, engine.cgroup)).filter((path) => !removed(path)),
  ];
}

function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Engines leave the cgroup that they were told to put theirs in. False when one is still in it, or a process. */
function removed(path: string): boolean {
  if (!existsSync(path)) return true;
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}
