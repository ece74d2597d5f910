import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';

/** Words of the glossary that no step shows. */
export function termProblems({ glossary, steps }: ReadLab): Problem[] {
  const used = new Set(
    steps.flatMap((step) => step.prose.flatMap(({ prose }) => prose.terms.map(({ name }) => name))),
  );
  return Object.keys(glossary.data ?? {})
    .filter((key) => !used.has(key))
    .map((key) => ({
      file: glossary.file,
      line: glossary.lineOf([key]),
      reason: `no step shows the term ${key}`,
    }));
}
