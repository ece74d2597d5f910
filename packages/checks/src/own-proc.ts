import type { KernelView, ProcessView } from '@tatami/protocol';
import { type Fact, met, unknown, unmet } from './outcome.ts';

const procDevices = (view: KernelView, mnt: number): string[] | undefined =>
  view.mounts
    .get(mnt)
    ?.filter(({ target, type }) => target === '/proc' && type === 'proc')
    .map(({ dev }) => dev);

/**
 * Whether /proc is the process's own. Each proc superblock has a device of its own, and the last mount
 * at a target is the one that is seen.
 */
export function ownProc(wanted: boolean, process: ProcessView, view: KernelView): Fact {
  const own = hasOwnProc(process, view);
  if (own === undefined) return unknown;
  if (own !== wanted) return unmet('proc-not-own');
  return own ? met({ name: 'mount', value: 'proc on /proc' }) : met();
}

function hasOwnProc(process: ProcessView, view: KernelView): boolean | undefined {
  if (process.ns.mnt === view.machine.ns.mnt) return false;
  const inside = procDevices(view, process.ns.mnt);
  const machine = procDevices(view, view.machine.ns.mnt);
  if (!inside || !machine) return undefined;
  const last = inside.at(-1);
  return last !== undefined && !machine.includes(last);
}

/** Someone mounted another proc over the machine's, from the machine's own mount namespace. */
export const machineProcReplaced = (process: ProcessView, view: KernelView): boolean =>
  process.ns.mnt === view.machine.ns.mnt &&
  (procDevices(view, view.machine.ns.mnt)?.length ?? 0) > 1;
