import { drawQuestions, grade, isWhole, type LabStep } from '@tatami/lab-format/loader';
import type { Outcome, ProofClaim } from './outcome.ts';

type Question = NonNullable<LabStep['quiz']>['pool'][number];

/** A quiz is judged without a machine, by the same functions as the server's: by right and wrong answers. */
export function quizOutcomes({ id: step, quiz, commands }: LabStep): Outcome[] {
  if (!quiz) return [];
  const { spec, pool } = quiz;
  const claim = (kind: ProofClaim['kind'], name: string): ProofClaim => ({
    ...{ kind, step, check: spec.id, name },
  });
  const rounds = Array.from({ length: Math.ceil(pool.length / spec.draw) }, (_, round) => round);
  const right = rounds.map((round) => {
    const asked = drawQuestions(pool, spec.draw, 'lab test', round);
    return { ...claim('right', `round ${round + 1}`), failure: rightFailure(asked) };
  });
  const wrong = pool.flatMap((question) =>
    question.options
      .filter((option) => option !== question.answer)
      .map((option) => {
        const failure = wrongFailure(question, option, commands);
        return { ...claim('wrong', `${question.id}=${option}`), failure };
      }),
  );
  const none = isWhole(pool.slice(0, spec.draw), {}) ? 'no answer at all is taken' : null;
  return [{ ...claim('untouched', ''), failure: none }, ...right, ...wrong];
}

function rightFailure(asked: Question[]): string | null {
  const answers = Object.fromEntries(asked.map(({ id, answer }) => [id, answer]));
  if (!isWhole(asked, answers)) return 'the right answers are not taken';
  const wrong = grade(asked, answers);
  return wrong.length > 0 ? `right answers are called wrong: ${JSON.stringify(wrong)}` : null;
}

function wrongFailure(
  question: Question,
  option: string,
  commands: LabStep['commands'],
): string | null {
  const answers = { [question.id]: option };
  if (!isWhole([question], answers)) return 'an option that is shown is not taken';
  const [wrong] = grade([question], answers);
  if (!wrong) return 'a wrong answer is called right';
  const named = commands.some(({ id }) => id === wrong.experiment);
  return named ? null : `names no command of the step: ${wrong.experiment}`;
}
