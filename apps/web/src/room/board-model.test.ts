import type { BoardSeat, LabContent, StepContent } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import {
  type BoardNow,
  boardAfter,
  cellOf,
  handsOf,
  planOf,
  reasonsOf,
  rowsOf,
  stuckAfterMs,
} from './board-model.ts';

const now = 10_000_000;
const minute = 60_000;
const room = { timer: null, locked: [], mirror: null };
const workshop = { id: 'w', title: 'Friday', labId: 'lab' };

const seat = (id: string, more: Partial<BoardSeat> = {}): BoardSeat => ({
  ...{ id, name: `Name ${id}`, number: null, joined: true, here: true, machine: 'running' },
  ...{ terminals: [], stepId: 'one', passed: [], assisted: [], opened: [], trouble: null },
  ...{ hand: null, watchers: [], typing: null, ...more },
});
const trouble = (key: string, agoMs: number, checkId = 'a'): BoardSeat['trouble'] => ({
  ...{ checkId, status: 'not-yet', reason: { key: `reason.${key}`, params: {} } },
  since: now - agoMs,
});
const step = (id: string, minutes: number, checks: string[]): StepContent => ({
  ...{ id, title: id, status: 'ready', minutes, content: [], commands: [], drill: false },
  checklist: checks.map((checkId) => ({
    ...{ checkId, text: checkId, hints: [], asks: null, quiz: null, solvable: false },
  })),
});
const content: LabContent = {
  ...{ id: 'lab', order: 1, status: 'ready', title: 'Lab', summary: '', minutes: 30 },
  ...{ prerequisites: [], languages: ['en'], lang: 'en', glossary: [] },
  steps: [step('one', 10, ['a', 'b']), step('two', 5, []), step('three', 5, ['c'])],
  checklist: [
    { id: 'first', text: 'First', stepId: 'one', checks: ['a', 'b'] },
    { id: 'second', text: 'Second', stepId: 'three', checks: ['c'] },
  ],
};
const [first] = content.checklist as [LabContent['checklist'][number]];

describe('a board put together', () => {
  const board: BoardNow = { workshop, me: 'T', room, seats: [seat('1'), seat('2'), seat('3')] };

  test('takes changes in place, newcomers last and loses who is gone', () => {
    const event = {
      ...{ type: 'changes' as const, now, room: null, gone: ['1'] },
      seats: [seat('4'), seat('2', { here: false })],
    };
    const after = boardAfter(board, event);
    expect(after?.seats.map(({ id, here }) => [id, here])).toEqual([
      ['2', false],
      ['3', true],
      ['4', true],
    ]);
    // Rows that nothing was said of are the same, so that they are not drawn again.
    expect(after?.seats[1]).toBe(board.seats[2]);
    expect(after?.room).toBe(room);
    expect(boardAfter(null, event)).toBeNull();
  });
});

test('an item is done, done with help, in trouble, begun or open', () => {
  const at = 5;
  const both: BoardSeat['passed'] = [
    ['a', at],
    ['b', at],
  ];
  const cell = (more: Partial<BoardSeat>) => cellOf(first, seat('1', more)).state;
  expect(cell({ passed: both })).toBe('done');
  expect(cell({ passed: both, assisted: ['b'] })).toBe('assisted');
  expect(cell({ passed: [['a', at]], trouble: trouble('outside', 1, 'b') })).toBe('trouble');
  expect(cell({ passed: [['a', at]], trouble: trouble('outside', 1, 'c') })).toBe('begun');
  expect(cell({})).toBe('open');
});

describe('where the room is stuck', () => {
  const many = (count: number, more: Partial<BoardSeat>) =>
    Array.from({ length: count }, (_, n) => seat(`${n}-${JSON.stringify(more)}`, more));

  test('counts learners by check and reason, and alerts at a fifth of those who are there', () => {
    const stuck = many(2, { trouble: trouble('outside', 5 * minute) });
    const away = many(5, { here: false, machine: 'none' });
    const nobodyYet = many(5, { joined: false });
    const ten = [...stuck, ...many(8, {}), ...away, ...nobodyYet];
    expect(reasonsOf(ten, now)).toMatchObject([
      { checkId: 'a', reason: 'reason.outside', share: 0.2, alerts: true },
    ]);
    expect(reasonsOf([...ten, seat('one more')], now)[0]?.alerts).toBe(false);
  });

  test('does not count who has only begun to try, nor what nobody could look at', () => {
    const fresh = seat('1', { trouble: trouble('outside', stuckAfterMs - 1) });
    expect(reasonsOf([fresh], now)).toEqual([]);
    expect(reasonsOf([fresh], now + 1)).toHaveLength(1);
    const blind = { ...trouble('observer-down', minute), status: 'unavailable' as const };
    expect(reasonsOf([seat('1', { trouble: blind as BoardSeat['trouble'] })], now)).toEqual([]);
  });

  test('one learner alone alerts nobody, and the largest group stands first', () => {
    const alone = seat('1', { trouble: trouble('ended', 9 * minute) });
    expect(reasonsOf([alone], now)[0]).toMatchObject({ share: 1, alerts: false });
    const three = many(3, { trouble: trouble('outside', minute, 'b') });
    expect(reasonsOf([alone, ...three], now).map(({ checkId }) => checkId)).toEqual(['b', 'a']);
  });
});

test('a step is measured from its opening to its last check, by the middle of the room', () => {
  const opened: BoardSeat['opened'] = [
    ['one', now - 60 * minute],
    ['two', now - 40 * minute],
    ['three', now - 30 * minute],
  ];
  const done = (min: number): BoardSeat['passed'] => [
    ['a', now - 59 * minute],
    ['b', now - 60 * minute + min * minute],
  ];
  const plan = planOf(
    content,
    [
      seat('1', { opened, passed: done(4), stepId: 'three' }),
      seat('2', { opened, passed: done(30), stepId: 'three' }),
      seat('3', { opened, passed: done(12), stepId: 'three' }),
      seat('4', { opened: opened.slice(0, 1) }),
    ],
    now,
  );
  expect(
    plan.map(({ planned, inside, done: n, took, soFar }) => [planned, inside, n, took, soFar]),
  ).toEqual([
    [10, 1, 3, 12, 60],
    [5, 0, 3, 10, null],
    [5, 3, 0, null, 30],
  ]);
});

test('hands stand by their numbers, whatever the clock said', () => {
  const hand = (id: number, raisedAt: number) => ({
    hand: { id, raisedAt, about: '', claimedBy: null },
  });
  const seats = [seat('late', hand(2, 5)), seat('none'), seat('early', hand(1, 9))];
  expect(handsOf(seats).map(({ id }) => id)).toEqual(['early', 'late']);
});

test('rows are filtered and sorted, also by what was typed full-width', () => {
  const seats = [
    seat('1', { name: '佐藤', number: 'A12' }),
    seat('2', { name: 'Ann', trouble: trouble('ended', minute), passed: [['c', 1]] }),
    seat('3', { name: 'Bob', here: false, machine: 'none' }),
    seat('4', { name: 'Cid', trouble: trouble('ended', 5 * minute) }),
  ];
  const ids = (wanted: object) =>
    rowsOf(content, seats, { sorting: 'seat', filter: 'all', text: '', ...wanted }, now).map(
      ({ id }) => id,
    );
  expect(ids({})).toEqual(['1', '2', '3', '4']);
  expect(ids({ sorting: 'stuck' })).toEqual(['4', '2', '1', '3']);
  expect(ids({ sorting: 'progress' })[0]).toBe('2');
  expect(ids({ sorting: 'name' }).slice(0, 3)).toEqual(['2', '3', '4']);
  expect(ids({ filter: 'stuck' })).toEqual(['2', '4']);
  expect(ids({ filter: 'away' })).toEqual(['3']);
  expect(ids({ text: 'ａ１２' })).toEqual(['1']);
});
