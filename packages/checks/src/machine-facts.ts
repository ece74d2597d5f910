import type { KernelView, MachineFacts, MountFact } from '@tatami/protocol';
import { type Fact, met, unknown, unmet } from './outcome.ts';

/** Whether a mount of this type stands at this target. */
export const isMount =
  (wanted: MountFact) =>
  ({ target, type }: MountFact): boolean =>
    target === wanted.target && type === wanted.type;

/** What the check wants of the machine itself, in teaching order. */
export function machineFacts(wanted: MachineFacts, view: KernelView): Fact[] {
  const { ns } = view.machine;
  const facts: Fact[] = [];
  const mounts = view.mounts.get(ns.mnt);
  for (const mount of wanted.noMounts) {
    if (!mounts) facts.push(unknown);
    else if (mounts.some(isMount(mount)))
      facts.push(unmet('mount-on-machine', { target: mount.target }));
    else facts.push(met());
  }
  if (wanted.hostname !== undefined) {
    const is = view.hostnames.get(ns.uts);
    if (is === undefined) facts.push(unknown);
    else if (is !== wanted.hostname)
      facts.push(unmet('machine-hostname-changed', { is, wanted: wanted.hostname }));
    else facts.push(met());
  }
  if (wanted.noShmBytes !== undefined) {
    const sizes = view.shm.get(ns.ipc);
    if (!sizes) facts.push(unknown);
    else if (sizes.includes(wanted.noShmBytes))
      facts.push(unmet('shm-on-machine', { bytes: wanted.noShmBytes }));
    else facts.push(met());
  }
  return facts;
}
