export { type Attention, attentionFor, isNotable } from './attention.ts';
export { pathOf } from './debrief.ts';
export { evaluate } from './evaluate.ts';
export { History } from './history.ts';
export { SeenTargets } from './seen-targets.ts';
export { findTarget, ownProcesses } from './target.ts';
export { TargetMemory } from './target-memory.ts';
