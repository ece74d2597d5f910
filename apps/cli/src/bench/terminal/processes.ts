import { readdir, readFile } from 'node:fs/promises';
import { type HostProcess, hostProcesses, pssBytes } from '../host-traces.ts';

const mebibyte = 1024 * 1024;

/** Milliseconds that all threads of these processes have run, to the nanosecond (schedstats, field 1). */
export async function ranMs(pids: number[]): Promise<number> {
  const times = pids.map(async (pid) => {
    const threads = await readdir(`/proc/${pid}/task`);
    const texts = threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'),
    );
    return sum((await Promise.all(texts)).map((text) => Number(text.split(' ')[0])));
  });
  return sum(await Promise.all(times)) / 1e6;
}

/** Resident memory of these processes together. */
export async function residentMiB(pids: number[]): Promise<number> {
  const sizes = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(status.match(/^VmRSS:\s+(\d+) kB/m)?.[1]) / 1024;
  });
  return sum(await Promise.all(sizes));
}

/** Proportional set size of these processes together. */
export const pssMiB = async (pids: number[]): Promise<number> =>
  sum(await Promise.all(pids.map(pssBytes))) / mebibyte;

/** A process and all below it, but for those who run `program` and all below these. */
export async function familyOf(ancestor: number, program?: string): Promise<HostProcess[]> {
  const all = (await hostProcesses()).filter(({ command }) => command.split('\0')[0] !== program);
  const family = all.filter(({ pid }) => pid === ancestor);
  for (const { pid } of family) family.push(...all.filter(({ parent }) => parent === pid));
  return family;
}

/** Attach helpers, which are the children of whoever attaches. */
export const isAttachHelper = ({ command }: HostProcess): boolean =>
  command.split('\0')[1] === 'enter' && command.includes('\0--tty\0');

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
