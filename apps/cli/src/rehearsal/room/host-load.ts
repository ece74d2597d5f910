import { readFile } from 'node:fs/promises';

const everyMs = 1_000;
/** Below this share of the memory the kernel begins to hunt for pages. */
const scarce = 0.08;

/** Of the whole host, in MiB (proc_meminfo(5)). */
export async function readMemory(): Promise<{ available: number; total: number }> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const mebibytes = (name: string) =>
    Number(text.match(new RegExp(`^${name}: +(\\d+) kB`, 'm'))?.[1]) / 1024;
  return { available: mebibytes('MemAvailable'), total: mebibytes('MemTotal') };
}

/** Processes that the kernel ended for want of memory, ever (/proc/vmstat). */
async function oomKills(): Promise<number> {
  const text = await readFile('/proc/vmstat', 'utf8');
  return Number(text.match(/^oom_kill (\d+)/m)?.[1] ?? 0);
}

/** How near a host came to its limits. */
export interface HostLoad {
  leastAvailableMiB: number;
  totalMiB: number;
  oomKills: number;
}

/** Which of the two a room that did not fit ran out of. */
export const limitOf = ({ leastAvailableMiB, totalMiB, oomKills }: HostLoad): 'memory' | 'CPU' =>
  oomKills > 0 || leastAvailableMiB < totalMiB * scarce ? 'memory' : 'CPU';

/** Watches the host while something runs. */
export async function watchHost<T>(
  action: () => Promise<T>,
): Promise<{ value: T; load: HostLoad }> {
  const { available, total } = await readMemory();
  const killedBefore = await oomKills();
  let leastAvailableMiB = available;
  const timer = setInterval(async () => {
    leastAvailableMiB = Math.min(leastAvailableMiB, (await readMemory()).available);
  }, everyMs);
  try {
    const value = await action();
    const killed = (await oomKills()) - killedBefore;
    return { value, load: { leastAvailableMiB, totalMiB: total, oomKills: killed } };
  } finally {
    clearInterval(timer);
  }
}
