import { type LearnerExport, type Mark, type MarkChange, MarksExport } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { columnsFor } from './columns.ts';

const at = (hour: number) => `2025-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
const marked = (earned: number): Mark => ({
  items: [{ id: 'cause', state: 'met', earned, provenAt: at(8) }],
  ...{ earned, possible: 20, passed: false },
});

/** What the column says of the changes (hour, points) of an item that was graded so, at 10 and every two hours after. */
function changesOf(graded: number[], changed: [hour: number, earned: number | null][]): string[] {
  const scheme = {
    items: [{ id: 'cause', checks: ['first.one'], points: 20 }],
    passPercent: 50,
    assistedPercent: 50,
  };
  const changes = changed.map(
    ([hour, earned]): MarkChange => ({
      ...{ itemId: 'cause', earned, at: at(hour) },
      ...{ by: 'Aoki', reason: 'a reason' },
    }),
  );
  const learner: LearnerExport = {
    ...{ learnerId: 'learner-1', name: '青木', number: '2301', joinedAt: at(7) },
    ...{ mark: marked(0), original: marked(graded[0] ?? 0), changes, machines: 1, checks: [] },
    gradings: graded.map((earned, n) => ({ version: n + 1, mark: marked(earned) })),
  };
  const [header = [], row = []] = columnsFor.all(
    MarksExport.parse({
      ...{ lab: 'lab', lang: 'en', texts: {}, title: 'A workshop', workshop: 'workshop-1' },
      ...{ closesAt: at(9), exportedAt: at(23), scheme, settled: true, intact: true },
      ...{ lessonChanged: false, weighable: false, erased: 0, likenesses: [] },
      gradings: graded.map((_, n) => ({
        ...{ version: n + 1, scheme, closesAt: at(9), madeAt: at(10 + 2 * n) },
        ...{ by: null, reason: null },
      })),
      learners: [learner],
    }),
  );
  const text = String(row[header.indexOf('Changes')]);
  return text.split('\n').map((line) => /^cause: (.*) \(Aoki/.exec(line)?.[1] ?? line);
}

test('a change replaces what the change before it had set', () => {
  const changed = changesOf(
    [10],
    [
      [11, 5],
      [12, 8],
      [13, null],
      [14, 7],
    ],
  );
  expect(changed).toEqual(['10 -> 5', '5 -> 8', '8 -> 10', '10 -> 7']);
});

test('a change that is taken back after a further grading gives what that graded', () => {
  const changed = changesOf(
    [10, 20],
    [
      [11, 5],
      [13, null],
    ],
  );
  expect(changed).toEqual(['10 -> 5', '5 -> 20']);
});

test('the first change of an item replaces what was graded by then', () => {
  expect(changesOf([10, 20], [[13, 15]])).toEqual(['20 -> 15']);
  expect(changesOf([10, 20], [[9, 15]])).toEqual(['10 -> 15']);
});
