import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

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

/** Parent and session of a process, or of the zombie that is left of it; undefined once it is gone. */
export function readOrigin(pid: number): { parent: number; session: number } | undefined {
  try {
    const [, parent, , session] = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { parent: Number(parent), session: Number(session) };
  } catch (error) {
    if (vanished(error)) return undefined;
    throw error;
  }
}

/** Fields of /proc/PID/stat from the third on; the name in the second may hold anything. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process that ended while it was looked at shows as one of these. */
function vanished(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}
