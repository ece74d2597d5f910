import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import { lengthProblems } from './lengths.ts';
import { linkProblems } from './links.ts';
import { orphanProblems } from './orphans.ts';
import { proofProblems } from './proof.ts';
import { scriptProblems } from './script.ts';
import { sourceMapProblems } from './source-map.ts';
import { structureProblems } from './structure.ts';
import { termProblems } from './terms.ts';

/** Everything wrong with a lab. `files` are all in its folder, `labs` all there are. */
export function lintLab(lab: ReadLab, files: string[], labs: ReadLab[]): Problem[] {
  // Without lab.yaml nothing else was read, and everything would seem to be missing.
  if (!lab.yaml.data) return lab.problems;
  return [
    ...lab.problems,
    ...orphanProblems(lab, files),
    ...linkProblems(lab, labs),
    ...termProblems(lab),
    ...proofProblems(lab),
    ...structureProblems(lab),
    ...lengthProblems(lab),
    ...scriptProblems(lab),
    ...sourceMapProblems(lab, labs),
  ];
}
