import { expect, test } from 'vitest';
import { likenesses, type Proof } from './likeness.ts';

const checks = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Passes the checks in order with these pauses in seconds between them. */
function learner(learnerId: string, pauses: number[], startS = 0, command = 'unshare --pid') {
  let atMs = startS * 1000;
  const proofs = [0, ...pauses].map((pause, index): Proof => {
    atMs += pause * 1000;
    return { checkId: checks[index] ?? '?', atMs, command: index === 1 ? null : command };
  });
  return { learnerId, proofs };
}

const paces = [40, 95.2, 31, 210.4, 18];

test('two who pause alike, at whatever hour, and by the same commands are told', () => {
  const found = likenesses([
    learner('one', paces),
    learner(
      'two',
      paces.map((s) => s + 0.4),
      3600,
    ),
    learner('three', [50, 80, 44, 190, 30]),
  ]);
  expect(found).toEqual([{ learners: ['one', 'two'], checks, apartMs: 400, sameCommands: 5 }]);
});

test('commands that differ, or another order, make two unlike', () => {
  expect(likenesses([learner('one', paces), learner('two', paces, 0, 'sudo unshare -p')])).toEqual(
    [],
  );
  const other = learner('two', paces);
  const [first, second, third, ...rest] = other.proofs as [Proof, Proof, Proof, ...Proof[]];
  const swapped = [
    { ...first, atMs: second.atMs },
    { ...second, atMs: first.atMs },
  ];
  const found = likenesses([
    learner('one', paces),
    { ...other, proofs: [...rest, third, ...swapped] },
  ]);
  expect(found).toEqual([]);
});

test('a few like pauses, or pauses too short to tell, are chance', () => {
  expect(
    likenesses([learner('one', [40, 95, 31, 60, 9]), learner('two', [40, 95, 31, 66, 9])]),
  ).toEqual([]);
  const quick = [0, 0.5, 2, 1, 0];
  expect(likenesses([learner('one', quick), learner('two', quick)])).toEqual([]);
});

test('a like stretch counts wherever it lies', () => {
  const [found] = likenesses(
    [learner('one', [7, ...paces]), learner('two', [70, ...paces])].map(
      ({ learnerId, proofs }) => ({
        learnerId,
        proofs: proofs.map((proof, n) => ({ ...proof, checkId: `check-${n}` })),
      }),
    ),
  );
  expect(found?.checks).toEqual(['check-1', 'check-2', 'check-3', 'check-4', 'check-5', 'check-6']);
});

test('a room of 200 is compared in a moment', () => {
  const room = Array.from({ length: 200 }, (_, n) =>
    learner(
      `learner-${n}`,
      paces.map((s) => s + n * 2),
    ),
  );
  const begun = performance.now();
  expect(likenesses(room)).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(2000);
});
