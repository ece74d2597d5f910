import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';

const ofLab = ['lab.yaml', 'glossary.yaml', 'source-map.yaml'];
const ofStep = ['step.yaml', 'faults.yaml', 'mistakes.yaml', 'quiz.yaml'];

/** Files that nothing reads. `files` are all below the lab's folder, relative to it. */
export function orphanProblems({ id, yaml: { data } }: ReadLab, files: string[]): Problem[] {
  if (!data) return [];
  const prose = data.languages.map((lang) => `${lang}.md`);
  const known = new Set([
    ...ofLab,
    ...data.steps.flatMap((step) => [...ofStep, ...prose].map((name) => `steps/${step}/${name}`)),
  ]);
  return files
    .filter((file) => !known.has(file))
    .map((file) => ({ file: `${id}/${file}`, line: 1, reason: 'nothing reads this file' }));
}
