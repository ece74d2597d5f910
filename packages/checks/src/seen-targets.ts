import { type CheckSpec, type KernelSnapshot, targetName } from '@tatami/protocol';
import type { SeenTarget } from './debrief.ts';
import { findTarget, ownProcesses } from './target.ts';

/** Whoever starts the service over and over has been seen with these. */
const keptTargets = 10;
const keptPids = 100;

/** What the checks of an incident are about, as it was at any look since the step began: mending may start it anew. */
export class SeenTargets {
  readonly #seen = new Map<string, SeenTarget>();

  get all(): SeenTarget[] {
    return [...this.#seen.values()];
  }

  note(checks: readonly CheckSpec[], snapshot: KernelSnapshot): void {
    for (const { target } of checks) {
      const process = target && findTarget(target, snapshot);
      if (!process) continue;
      const id = `${process.pid} ${process.startTicks}`;
      const before = this.#seen.get(id)?.pids ?? [];
      const pids = ownProcesses(process, snapshot).flatMap((own) => own.pids[0] ?? []);
      this.#seen.set(id, {
        name: targetName(target),
        ns: process.ns,
        pids: [...new Set([...before, ...pids])].slice(0, keptPids),
      });
      const [oldest] = this.#seen.keys();
      if (this.#seen.size > keptTargets && oldest !== undefined) this.#seen.delete(oldest);
    }
  }
}
