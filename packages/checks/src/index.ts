export { type Attention, attentionFor, isNotable } from './attention.ts';
export { evaluate } from './evaluate.ts';
export { History, type ProgramOf } from './history.ts';
export type { Outcome, SeenFact } from './outcome.ts';
export { findTarget, ownProcesses } from './target.ts';
