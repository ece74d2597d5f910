import { type Rehearsal, rehearse } from '@tatami/lab-format/rehearsal';
import type { Verdict } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { LessonMachine, lesson, present, readySteps } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';

type Mistakes = ReturnType<typeof mistakesOf>;
type Mistake = Mistakes['mistakes'][number];

const mistakesOf = (stepId: string) => present(lesson.step(stepId)).mistakes;

/** Longest wait for a verdict to become what it must be. */
const patienceMs = 4_000;

const asExpected = ({ reason: { key, params } }: Mistake, verdict: Verdict): boolean =>
  verdict.status !== 'passed' &&
  verdict.reason.key === `reason.${key}` &&
  Object.entries(params).every(([name, value]) => verdict.reason.params[name] === value);

/** Makes one mistake. @returns what is wrong with the verdict, or null. */
async function make(
  rehearsal: Rehearsal,
  before: Mistakes['before'],
  mistake: Mistake,
): Promise<string | null> {
  const right = (verdict: Verdict) => asExpected(mistake, verdict);
  const attempt = { ...mistake, type: [...before, ...mistake.type] };
  const outcome = await rehearse(rehearsal, attempt, right, patienceMs).catch(String);
  if (typeof outcome === 'object' && right(outcome)) return null;
  const { id, check, reason } = mistake;
  return `${check}, ${id}: ${JSON.stringify(reason)} expected, ${JSON.stringify(outcome)} told`;
}

// Most of the time goes by waiting for looks and prompts: the steps share it.
test.concurrent.each(readySteps)(
  'the mistakes and cheats of step %s are each told their reason',
  async (stepId) => {
    await using runner = await startRunner({ TATAMI_WARM: 0 });
    const { before, mistakes, cheats } = mistakesOf(stepId);
    const machine = await LessonMachine.open(runner, stepId);
    const wrong: string[] = [];
    for (const mistake of [...mistakes, ...cheats]) {
      machine.draw(mistake.fault ?? null);
      const failure = await make(machine, before, mistake);
      if (failure) wrong.push(failure);
    }
    expect(wrong, [stepId, ...wrong].join('\n')).toEqual([]);
  },
  180_000,
);

test.each(readySteps)('every check of step %s has two mistakes and a cheat', (stepId) => {
  const { mistakes, cheats } = mistakesOf(stepId);
  const countFor = (list: Mistake[], id: string) => list.filter(({ check }) => check === id).length;
  for (const { id } of present(lesson.step(stepId)).draw('0').checks) {
    expect(countFor(mistakes, id), `mistakes for ${id}`).toBeGreaterThanOrEqual(2);
    expect(countFor(cheats, id), `cheats for ${id}`).toBeGreaterThanOrEqual(1);
  }
});
