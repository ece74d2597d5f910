export { evaluate } from './evaluate.ts';
export type { Outcome, SeenFact } from './outcome.ts';
