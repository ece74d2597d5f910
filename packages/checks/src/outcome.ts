import type { Reason } from '@tatami/protocol';

/** One thing seen, for the evidence: a stable machine name and its value. */
export interface SeenFact {
  name: string;
  value: string;
}

/** What one look decides about a check. `pid` is the host pid of the process that it speaks of. */
export type Outcome =
  | { status: 'passed'; facts: SeenFact[]; pid: number | null }
  | { status: 'not-yet' | 'failed' | 'unavailable'; reason: Reason };

/** One wanted fact of a process or of the machine; `unknown`: the view does not say. */
export type Fact =
  | { state: 'met'; seen: SeenFact[] }
  | { state: 'unmet' | 'unknown'; reason: Reason };

export const met = (...seen: SeenFact[]): Fact => ({ state: 'met', seen });

const reason = (key: string, params: Reason['params']): Reason => ({
  key: `reason.${key}`,
  params,
});

export const unmet = (key: string, params: Reason['params'] = {}): Fact => ({
  state: 'unmet',
  reason: reason(key, params),
});

/** We could not look, for this reason: never the learner's mistake. */
export const unseen = (key: string, params: Reason['params'] = {}): Fact => ({
  state: 'unknown',
  reason: reason(key, params),
});

export const unknown: Fact = unseen('observer-down');
