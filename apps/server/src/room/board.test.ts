import { BoardSeat, type CheckVerdict } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { Board, type Sitter } from './board.ts';

const sitter = (n: number, more: Partial<Sitter> = {}): Sitter => ({
  ...{ learnerId: String(n).padStart(32, '0'), name: `Name ${n}`, number: `S${n}` },
  ...{ joined: true, ...more },
});
const id = (n: number) => sitter(n).learnerId;
const stuck = (checkId: string, key: string, params = {}): CheckVerdict => ({
  checkId,
  verdict: { status: 'not-yet', reason: { key: `reason.${key}`, params } },
});
const way = (passed: string[] = [], stepId = 'one') => ({
  ...{ stepId, assisted: [], opened: [['one', 5] as [string, number]] },
  passed: passed.map((check): [string, number] => [check, 10]),
});
const seatsOf = (texts: string[]) => texts.map((text) => BoardSeat.parse(JSON.parse(text)));

test('only learners who are others than before are told, each once', () => {
  const board = new Board();
  expect(board.seat([sitter(1), sitter(2), sitter(3)])).toEqual({
    ...{ fresh: [id(1), id(2), id(3)], gone: [] },
  });
  expect(board.changes()?.named).toHaveLength(3);
  expect(board.changes()).toBeNull();
  board.set(id(2), { here: true });
  board.set(id(2), { machine: 'running' });
  board.set(id(3), { here: false });
  const changes = board.changes();
  expect(seatsOf(changes?.named ?? [])).toMatchObject([
    { id: id(2), name: 'Name 2', here: true, machine: 'running' },
  ]);
  board.hear(id(9), [stuck('a', 'outside')], 0);
  expect(board.changes()).toBeNull();
});

test('a projector is told no name, no number, nobody’s words and no id that staff use', () => {
  const board = new Board();
  board.seat([sitter(1, { name: 'Secret' })]);
  board.hear(id(1), [stuck('a', 'no-command')], 0);
  board.hear(id(1), [stuck('a', 'outside', { command: 'cat hidden' })], 1);
  board.set(id(1), {
    hand: { id: 1, raisedAt: 3, about: 'private words', claimedBy: 'Teacher' },
    watchers: [{ by: 'Teacher', terminal: '1', types: false }],
    terminals: ['1'],
    typing: { id: 1, by: 'Teacher', terminal: '1', state: 'asked' },
  });
  const told = board.changes()?.unnamed.join('') ?? '';
  expect(seatsOf([told])).toMatchObject([
    { trouble: { reason: { key: 'reason.outside', params: {} } }, hand: { id: 1 } },
  ]);
  expect(told).not.toMatch(/Secret|S1|hidden|private|Teacher|0000/);
  expect(JSON.stringify(board.whole(false))).toBe(`[${told}]`);
});

test('who leaves is gone, and comes back with another place', () => {
  const board = new Board();
  board.seat([sitter(1), sitter(2)]);
  board.changes();
  expect(board.seat([sitter(2)])).toEqual({ fresh: [], gone: [id(1)] });
  expect(board.changes()?.gone).toEqual({ named: [id(1)], unnamed: ['1'] });
  board.seat([sitter(2), sitter(1)]);
  expect(seatsOf(board.changes()?.unnamed ?? []).map((seat) => seat.id)).toEqual(['3']);
});

test('trouble is of the open step, and ends when its check has passed', () => {
  const board = new Board();
  board.seat([sitter(1)]);
  const standing = { way: way(), open: ['a', 'b'], verdicts: [] };
  board.stand(id(1), standing, 0);
  board.hear(id(1), [stuck('a', 'no-process')], 0);
  expect(board.hear(id(1), [stuck('a', 'plain-shell')], 1000)).toMatchObject({
    ...{ checkId: 'a', since: 1000 },
  });
  expect(board.stand(id(1), { ...standing, way: way(['a']) }, 2000)).toBeNull();
});

test('verdicts that stood before the server came are trouble to whoever stood on them, and to nobody else', () => {
  const board = new Board();
  const stood = { checkId: 'b', reason: 'reason.ended', since: 500 };
  board.seat([sitter(1), sitter(2)], new Map([[id(1), { stood, provenBy: null }]]));
  const before = { way: way(['a']), open: ['a', 'b'], verdicts: [stuck('b', 'ended', { x: 1 })] };
  expect(board.stand(id(1), before, 3000)).toMatchObject({
    ...{ checkId: 'b', since: 500, reason: { params: { x: 1 } } },
  });
  expect(board.stand(id(2), before, 3000)).toBeNull();
  expect(board.hear(id(2), [stuck('b', 'outside')], 4000)).toMatchObject({ since: 4000 });
  expect(board.stand(id(1), { ...before, open: ['c'] }, 5000)).toBeNull();
});
