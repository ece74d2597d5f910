import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadStep } from '../read-step.ts';
import type { Expectation } from '../schema.ts';

/** Wrong attempts that show a check to be more than lucky. */
const minMistakes = 2;

/** What `tatami lab test` needs, so that every command and every check of a step is proven. */
export const proofProblems = ({ steps }: ReadLab): Problem[] =>
  steps.flatMap((step) =>
    step.yaml.data?.status === 'ready'
      ? [...commandProblems(step), ...checkProblems(step), ...hintProblems(step)]
      : [],
  );

function commandProblems({ yaml, parts }: ReadStep): Problem[] {
  const faults = parts?.faults.map(({ id }) => id) ?? [];
  return (yaml.data?.commands ?? []).flatMap(({ id, expect }, index) => {
    const at = (path: PropertyKey[], reason: string) => ({
      file: yaml.file,
      line: yaml.lineOf(['commands', index, ...path]),
      reason,
    });
    const unknown = Object.keys(expect.faults)
      .filter((fault) => !faults.includes(fault))
      .map((fault) => at(['expect', 'faults', fault], `faults.yaml has no fault ${fault}`));
    return expects(expect) ? unknown : [at(['id'], `command ${id} has no outcome in \`expect\``)];
  });
}

const expects = ({ shows, hides, silent, holds, faults }: Expectation): boolean =>
  silent || holds || [shows, hides, Object.keys(faults)].some(({ length }) => length > 0);

/** A quiz is proven by its answers, and what is drawn by the faults. */
function checkProblems({ yaml, parts }: ReadStep): Problem[] {
  if (!parts) return [];
  const { mistakes, cheats } = parts.mistakes;
  return parts.file.checklist.flatMap(({ check, solution }, index) => {
    const reasons: string[] = [];
    const wrong = mistakes.filter((one) => one.check === check.id).length;
    if (wrong < minMistakes)
      reasons.push(`check ${check.id} has ${wrong} wrong attempts of ${minMistakes}`);
    if (!cheats.some((one) => one.check === check.id))
      reasons.push(`check ${check.id} has no cheat`);
    const isDrawn = check.answer === 'drawn' || (check.target && 'drawn' in check.target);
    if (solution.length === 0 && !isDrawn) reasons.push(`check ${check.id} has no solution`);
    const line = yaml.lineOf(['checklist', index, 'check', 'id']);
    return reasons.map((reason) => ({ file: yaml.file, line, reason }));
  });
}

/** A quiz has experiments instead of hints. */
function hintProblems({ yaml, prose }: ReadStep): Problem[] {
  return prose.flatMap(({ file, texts }) =>
    (yaml.data?.checklist ?? []).flatMap(({ check: { id } }) => {
      const said = texts.data?.checklist[id];
      if (!said || said.hints.length > 0) return [];
      return { file, line: texts.lineOf(['checklist', id]), reason: `check ${id} has no hint` };
    }),
  );
}
