export { Line } from './line.ts';
export { Mistake, MistakesFile } from './mistakes.ts';
export type { Problem } from './problem.ts';
export { type Prose, parseProse, type Use } from './prose.ts';
export { FaultsFile, GlossaryFile, LabFile, StepFile, StepTexts } from './schema.ts';
