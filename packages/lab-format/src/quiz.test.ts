import { expect, test } from 'vitest';
import { drawQuestions, grade, isWhole } from './quiz.ts';
import { QuizFile } from './schema.ts';

const pool = QuizFile.parse(
  Array.from({ length: 8 }, (_, n) => ({
    id: `q${n}`,
    options: ['yes', 'no', 'never'],
    answer: n % 2 === 0 ? 'yes' : 'no',
    experiment: `try-${n}`,
  })),
);
const seeds = Array.from({ length: 200 }, (_, n) => `seed ${n}`);
const ids = (seed: string, round: number) =>
  drawQuestions(pool, 3, seed, round).map(({ id }) => id);

test('a round has as many different questions as are drawn, always the same for a learner', () => {
  for (const seed of seeds) {
    expect(new Set(ids(seed, 0)).size).toBe(3);
    expect(ids(seed, 0)).toEqual(ids(seed, 0));
  }
});

test('learners get different questions, and each comes up', () => {
  expect(new Set(seeds.map((seed) => ids(seed, 0).join())).size).toBeGreaterThan(50);
  expect(new Set(seeds.flatMap((seed) => ids(seed, 0))).size).toBe(pool.length);
});

test('a retry draws none of the last round, and three rounds show all eight', () => {
  for (const seed of seeds) {
    const rounds = Array.from({ length: 20 }, (_, round) => ids(seed, round));
    for (const [round, questions] of rounds.entries())
      for (const question of questions) expect(rounds[round + 1] ?? []).not.toContain(question);
    expect(new Set(rounds.slice(0, 3).flat()).size).toBe(pool.length);
  }
});

test('a round is right only when each of its questions is', () => {
  const asked = pool.slice(0, 3);
  const right = { q0: 'yes', q1: 'no', q2: 'yes' };
  expect(grade(asked, right)).toEqual([]);
  expect(grade(asked, { ...right, q1: 'yes' })).toEqual([{ question: 'q1', experiment: 'try-1' }]);
  expect(grade(asked, { q0: 'no', q1: 'yes', q2: 'never' })).toHaveLength(3);
});

test('a round is whole with one of the options of each question, and no other', () => {
  const asked = pool.slice(0, 3);
  const right = { q0: 'yes', q1: 'no', q2: 'never' };
  expect(isWhole(asked, right)).toBe(true);
  for (const answers of [
    {},
    { q0: 'yes', q1: 'no' },
    { ...right, q2: 'perhaps' },
    { ...right, q3: 'no' },
    { q0: 'yes', q1: 'no', q7: 'yes' },
  ])
    expect(isWhole(asked, answers)).toBe(false);
});
