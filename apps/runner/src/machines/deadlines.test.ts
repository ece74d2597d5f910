import { expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';

const minute = 60_000;
const limits = {
  idleMs: 60 * minute,
  absoluteMs: 240 * minute,
  extendMs: 60 * minute,
  longestMs: 300 * minute,
};

/** What is said from `from` to `to`, looked at every second. */
function said(deadlines: Deadlines, from: number, to: number) {
  const events: string[] = [];
  for (let now = from; now <= to; now += 1000) {
    const due = deadlines.due(now);
    if (due) events.push(`${now / minute}: ${due.type} ${due.limit}`);
    if (due?.type === 'expired') break;
  }
  return events;
}

test('warns of idleness at 10 and 2 minutes, once each, then expires', () => {
  expect(said(new Deadlines(limits, 0), 0, 70 * minute)).toEqual([
    '50: warning idle',
    '58: warning idle',
    '60: expired idle',
  ]);
});

test('input puts the idle end off and the warnings with it', () => {
  const deadlines = new Deadlines(limits, 0);
  expect(said(deadlines, 0, 55 * minute)).toEqual(['50: warning idle']);
  deadlines.touch(55 * minute);
  expect(said(deadlines, 55 * minute, 120 * minute)).toEqual([
    '105: warning idle',
    '113: warning idle',
    '115: expired idle',
  ]);
});

test('the absolute end comes whatever is typed, is put off by extending, but not past the longest', () => {
  const deadlines = new Deadlines(limits, 0);
  const busy = (from: number, to: number) => {
    const events: string[] = [];
    for (let now = from; now <= to; now += minute) {
      deadlines.touch(now);
      const due = deadlines.due(now);
      if (due) events.push(`${now / minute}: ${due.type} ${due.limit}`);
    }
    return events;
  };
  expect(busy(0, 231 * minute)).toEqual(['230: warning absolute']);
  expect(deadlines.extend(231 * minute)).toBe(true);
  expect(deadlines.absolute).toBe(300 * minute);
  expect(deadlines.extendable).toBe(false);
  expect(deadlines.extend(232 * minute)).toBe(false);
  expect(busy(233 * minute, 300 * minute)).toEqual([
    '290: warning absolute',
    '298: warning absolute',
    '300: expired absolute',
  ]);
});
