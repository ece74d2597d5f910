import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import { sourceMapProblems } from './source-map.ts';

/** Everything wrong with a lab. `labs` are all there are. */
export const lintLab = (lab: ReadLab, labs: ReadLab[]): Problem[] => [
  ...lab.problems,
  ...sourceMapProblems(lab, labs),
];
