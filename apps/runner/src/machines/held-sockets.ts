import { findTarget, ownProcesses } from '@tatami/checks';
import type { KernelSnapshot, KernelView } from '@tatami/protocol';
import { openSockets } from '@tatami/sandbox';
import type { StepWatch } from './step-watch.ts';

/** What the services that the step asks after have open themselves, by check. */
export async function heldSockets(
  step: StepWatch,
  snapshot: KernelSnapshot,
): Promise<KernelView['heldSockets']> {
  const held: KernelView['heldSockets'] = new Map();
  for (const { id, target, service } of step.unmet) {
    const process = service?.connectedTo && target && findTarget(target, snapshot);
    if (!process) continue;
    const open = await openSockets(ownProcesses(process, snapshot).map(({ pid }) => pid));
    if (open) held.set(id, open);
  }
  return held;
}
