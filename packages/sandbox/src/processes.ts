import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { NamespaceKind, ProcessView } from '@tatami/protocol';

const kinds: NamespaceKind[] = ['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time'];

/** Field 22 of proc_pid_stat(5), in clock ticks since boot: with the pid it names a process for good. */
export async function readStartTime(pid: number): Promise<string> {
  return afterName(await readFile(`/proc/${pid}/stat`, 'utf8'))[19] ?? '';
}

/** Whether that very process lives; a zombie does not. */
export function isAlive(pid: number, startTime: string): boolean {
  try {
    const fields = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return fields[19] === startTime && fields[0] !== 'Z' && fields[0] !== 'X';
  } catch (error) {
    if (vanished(error)) return false;
    throw error;
  }
}

/** Fields of /proc/PID/stat from the third on; the name in the second may hold anything. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function namespaceInode(pid: number, name: string): number {
  return Number(readlinkSync(`/proc/${pid}/ns/${name}`).match(/\[(\d+)\]/)?.[1]);
}

/** A process that ended while it was looked at shows as one of these. */
function vanished(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Reads one process of a sandbox from the host's /proc.
 * @param depth how many pid namespaces lie above the sandbox's own.
 * @returns null when it ended meanwhile or is a zombie.
 */
export function readProcess(
  pid: number,
  depth: number,
  isShell: (exe: string) => boolean,
): ProcessView | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) => status.match(new RegExp(`^${name}:\\t(.*)$`, 'm'))?.[1] ?? '';
    if (field('State').startsWith('Z')) return null;
    const stat = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const exe = `/proc/${pid}/exe`;
    return {
      pid,
      parent: Number(field('PPid')),
      pids: field('NSpid').split('\t').map(Number).slice(depth),
      uid: Number(field('Uid').split('\t')[0]),
      state: stat[0] ?? '',
      comm: field('Name'),
      exe: readlinkSync(exe),
      shell: isShell(exe),
      program: null,
      argv: readFileSync(`/proc/${pid}/cmdline`, 'utf8').slice(0, 1024).split('\0').slice(0, -1),
      tty: stat[4] !== '0',
      ns: Object.fromEntries(kinds.map((kind) => [kind, namespaceInode(pid, kind)])) as Record<
        NamespaceKind,
        number
      >,
      pidForChildren: childrenNamespace(pid),
    };
  } catch (error) {
    if (vanished(error)) return null;
    throw error;
  }
}

/** ENOENT while the process lives: unshared, and no child was born into it (pid_namespaces(7)). */
function childrenNamespace(pid: number): number | null {
  try {
    return namespaceInode(pid, 'pid_for_children');
  } catch (error) {
    if (vanished(error)) return null;
    throw error;
  }
}

const shells = ['bash', 'dash', 'sh'];

/**
 * Tells whether /proc/PID/exe is one of the machine's own shells: by size and inode of the shared root
 * filesystem, for a name or an argv can be anything. The overlay keeps inode numbers of lower files.
 */
export function shellRecogniser(rootfs: string): (exe: string) => boolean {
  const known = new Set(
    shells
      .map((name) => statSync(`${rootfs}/bin/${name}`))
      .map(({ ino, size }) => `${ino}:${size}`),
  );
  return (exe) => {
    const { ino, size } = statSync(exe);
    return known.has(`${ino}:${size}`);
  };
}
