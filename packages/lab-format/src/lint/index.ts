import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
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
  const problems = await Promise.all(
    wanted.map(async (lab) => lintLab(lab, await filesBelow(join(dir, lab.id)), labs)),
  );
  return { labs: wanted.map(({ id }) => id), problems: problems.flat().sort(byPlace) };
}

/** Whatever is no folder, relative to `dir`; none when it cannot be read, which reading it has told. */
async function filesBelow(dir: string): Promise<string[]> {
  const options = { withFileTypes: true, recursive: true } as const;
  const entries = await readdir(dir, options).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}

const byPlace = (a: Problem, b: Problem) =>
  a.file.localeCompare(b.file, 'en') || a.line - b.line || a.reason.localeCompare(b.reason, 'en');
