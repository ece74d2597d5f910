export { evaluate } from './evaluate.ts';
export { History } from './history.ts';
export type { Outcome, SeenFact } from './outcome.ts';
export { findTarget, ownProcesses } from './target.ts';
