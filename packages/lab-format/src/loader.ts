import { type Lab, makeLab } from './lab.ts';
import type { Problem } from './problem.ts';
import type { ReadLab } from './read-lab.ts';
import { readLabs } from './read-labs.ts';
import { type UnavailableLab, unavailableLab } from './unavailable.ts';

export type { Drawn } from './draw.ts';
export type { Lab, LabStep } from './lab.ts';
export type { Problem } from './problem.ts';
export { drawQuestions, grade, isWhole } from './quiz.ts';
export type { Fault } from './schema.ts';
export { maxSkippedCommands } from './source-map.ts';
export type { UnavailableLab } from './unavailable.ts';

/** `labs` can be trusted whole; those with a problem are `unavailable`. Both are in their order. */
export interface LoadedLabs {
  labs: Lab[];
  unavailable: UnavailableLab[];
  problems: Problem[];
}

/** Reads every lab below `dir`. @throws when `dir` itself cannot be read. */
export async function loadLabs(dir: string): Promise<LoadedLabs> {
  const read = await readLabs(dir);
  const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;
  return {
    labs: read.flatMap(({ parts }) => (parts ? makeLab(parts) : [])).sort(byOrder),
    unavailable: read
      .flatMap((lab: ReadLab) => (lab.parts ? [] : (unavailableLab(lab) ?? [])))
      .sort(byOrder),
    problems: read.flatMap(({ problems }) => problems),
  };
}
