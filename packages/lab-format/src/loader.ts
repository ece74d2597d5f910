import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, makeLab } from './lab.ts';
import type { Problem } from './problem.ts';
import { readLab } from './read-lab.ts';

export type { Drawn } from './draw.ts';
export type { Lab, LabStep } from './lab.ts';
export type { Problem } from './problem.ts';
export { drawQuestions, grade, isWhole } from './quiz.ts';

/**
 * Reads every lab below `dir`, in their order. A lab with a problem is left out of `labs`, so what is
 * in it can be trusted whole.
 */
export async function loadLabs(dir: string): Promise<{ labs: Lab[]; problems: Problem[] }> {
  const entries = await readdir(dir, { withFileTypes: true });
  const ids = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const read = await Promise.all(ids.sort().map((id) => readLab(join(dir, id), id, ids)));
  return {
    labs: read
      .flatMap(({ parts }) => (parts ? [makeLab(parts)] : []))
      .sort((a, b) => a.order - b.order),
    problems: read.flatMap(({ problems }) => problems),
  };
}
