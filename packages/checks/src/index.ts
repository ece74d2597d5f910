export { evaluate } from './evaluate.ts';
export { History } from './history.ts';
export { findTarget, ownProcesses } from './target.ts';
