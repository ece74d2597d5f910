import type { LearnerEvent } from '@tatami/protocol';

export type Listener = (event: LearnerEvent) => void;

/** Browsers that follow attempts, by the attempt's name. */
export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();

  /** @returns how to stop. */
  add(name: string, listener: Listener): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#byName.delete(name);
    };
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  tell(name: string, event: LearnerEvent): void {
    for (const listener of this.#byName.get(name) ?? []) listener(event);
  }
}
