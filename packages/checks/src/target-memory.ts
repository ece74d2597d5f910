import type { CheckSpec, GoneTarget, KernelSnapshot, ProcessView } from '@tatami/protocol';
import { findTargets } from './target.ts';

/** Kept per check: whoever starts and removes a target over and over has had these chances. */
const mostGone = 5;

/** Whether what is asked was done or not, whatever has become of the target since. */
export const asksForCommandsAlone = (check: CheckSpec): boolean =>
  check.commands.length > 0 && !check.process && !check.service && !check.answer;

/**
 * Remembers targets that were there in a step: who enters a container and removes it in one line has
 * entered it, though the next look finds none.
 */
export class TargetMemory {
  #living = new Map<string, ProcessView[]>();
  #gone = new Map<string, GoneTarget[]>();

  /** A step begins. */
  begin(): void {
    this.#living = new Map();
    this.#gone = new Map();
  }

  /** @returns by check those that were there at an earlier look of the step and are no more. */
  look(checks: readonly CheckSpec[], snapshot: KernelSnapshot): Map<string, GoneTarget[]> {
    for (const check of checks) {
      if (!check.target || !asksForCommandsAlone(check)) continue;
      const now = findTargets(check.target, snapshot);
      const gone = (this.#living.get(check.id) ?? [])
        .filter((before) => !now.some(({ ns }) => ns.pid === before.ns.pid))
        .map((target) => ({ target, goneAt: snapshot.at }));
      this.#living.set(check.id, now);
      if (gone.length > 0)
        this.#gone.set(check.id, [...gone, ...(this.#gone.get(check.id) ?? [])].slice(0, mostGone));
    }
    return this.#gone;
  }
}
