import type { KernelView, ProcessView, Target } from '@tatami/protocol';

/** The process whose namespaces a check calls the target's; null when there is none now. */
export function findTarget(wanted: Target, view: KernelView): ProcessView | null {
  const found =
    'container' in wanted
      ? view.processes.find((process) => containerName(process, view) === wanted.container)
      : view.processes.find(
          (process) =>
            process.ns.uts !== view.machine.ns.uts &&
            process.pids.at(-1) === 1 &&
            view.hostnames.get(process.ns.uts) === wanted.hostname,
        );
  return found ?? null;
}

export const targetName = (target: Target): string =>
  'container' in target ? target.container : target.hostname;

/**
 * Name of the container whose first process this is: PID 1 of a pid namespace of its own, started by the
 * machine's own conmon(8), which was told the name. The runtime's files say nothing here.
 */
export function containerName(process: ProcessView, view: KernelView): string | null {
  if (process.pids.at(-1) !== 1 || process.ns.pid === view.machine.ns.pid) return null;
  const monitor = parentOf(process, view);
  if (monitor?.program !== 'conmon') return null;
  const option = monitor.argv.findIndex((word) => word === '-n' || word === '--name');
  return option === -1 ? null : (monitor.argv[option + 1] ?? null);
}

/** It is part of a container, or was started in one by the runtime (`docker exec`). */
export function fromRuntime(process: ProcessView, view: KernelView): boolean {
  let ancestor: ProcessView | undefined = process;
  for (let depth = 0; ancestor && depth < view.processes.length; depth++) {
    if (ancestor.program === 'conmon') return true;
    ancestor = parentOf(ancestor, view);
  }
  return false;
}

const parentOf = ({ parent }: ProcessView, view: KernelView): ProcessView | undefined =>
  view.processes.find(({ pid }) => pid === parent);
