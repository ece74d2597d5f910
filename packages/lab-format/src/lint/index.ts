import type { Problem } from '../problem.ts';
import { readLabs } from '../read-labs.ts';
import { lintLab } from './lint-lab.ts';

export type { Problem } from '../problem.ts';

/** Labs that were looked at and all that is wrong with them, by file and line. */
export interface Lint {
  labs: string[];
  problems: Problem[];
}

/** Looks at the labs `only`, or at every lab below `dir`. @throws when `dir` itself cannot be read. */
export async function lintLabs(dir: string, only: string[] = []): Promise<Lint> {
  const labs = await readLabs(dir);
  const wanted = labs.filter(({ id }) => only.length === 0 || only.includes(id));
  const problems = wanted.flatMap((lab) => lintLab(lab, labs));
  return { labs: wanted.map(({ id }) => id), problems: problems.sort(byPlace) };
}

const byPlace = (a: Problem, b: Problem) =>
  a.file.localeCompare(b.file, 'en') || a.line - b.line || a.reason.localeCompare(b.reason, 'en');
