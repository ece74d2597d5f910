import type { QuizAnswers } from '@tatami/protocol';
import { ranked } from './draw.ts';
import type { QuizFile } from './schema.ts';

type Answers = QuizAnswers['answers'];

/**
 * Questions of a learner's round, counted from 0: each round goes on where the last one ended, so that two
 * in a row share none and all come up. The pool holds at least twice as many as are drawn, which lint sees to.
 */
export function drawQuestions(
  pool: QuizFile,
  draw: number,
  seed: string,
  round: number,
): QuizFile[number][] {
  const order = ranked(pool, ({ id }) => [seed, id]);
  return Array.from({ length: draw }, (_, n) => order[(round * draw + n) % order.length]).flatMap(
    (question) => question ?? [],
  );
}

/** Whether these are answers to all of these questions, each one of its options, and to nothing else. */
export const isWhole = (asked: QuizFile, answers: Answers): boolean =>
  Object.keys(answers).length === asked.length &&
  asked.every(({ id, options }) => options.includes(answers[id] ?? ''));

/** What was answered wrongly, with the command that shows why; empty: all is right. */
export const grade = (
  asked: QuizFile,
  answers: Answers,
): { question: string; experiment: string }[] =>
  asked
    .filter(({ id, answer }) => answers[id] !== answer)
    .map(({ id, experiment }) => ({ question: id, experiment }));
