import type { CheckVerdict, LearnerEvent } from '@tatami/protocol';
import { type AttemptKey, nameOf } from './attempt-store.ts';

export type Listener = (event: LearnerEvent) => void;

/** Something is new in an attempt: verdicts, and with `standing` something that is kept, or the machine. */
export interface AttemptNews {
  key: AttemptKey;
  verdicts: CheckVerdict[];
  standing: boolean;
}

type Watcher = (news: AttemptNews) => void;

/** Browsers that follow one attempt each, and whoever follows all. */
export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();
  readonly #watchers = new Set<Watcher>();

  /** @returns how to stop. */
  add(key: AttemptKey, listener: Listener): () => void {
    const name = nameOf(key);
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#byName.delete(name);
    };
  }

  /** @returns how to stop. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  has(key: AttemptKey): boolean {
    return this.#byName.has(nameOf(key));
  }

  tell(key: AttemptKey, event: LearnerEvent): void {
    for (const listener of this.#byName.get(nameOf(key)) ?? []) listener(event);
    // Most verdicts change nothing that is kept.
    const standing = event.type !== 'verdict' || event.verdict.verdict.status === 'passed';
    this.#say({ key, verdicts: verdictsOf(event), standing });
  }

  /** The standing is another, which no browser is told by this. */
  changed(key: AttemptKey): void {
    this.#say({ key, verdicts: [], standing: true });
  }

  #say(news: AttemptNews): void {
    for (const watcher of this.#watchers) watcher(news);
  }
}

function verdictsOf(event: LearnerEvent): CheckVerdict[] {
  if (event.type === 'verdict') return [event.verdict];
  return event.type === 'attempt' ? event.attempt.verdicts : [];
}
