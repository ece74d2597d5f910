import type { GradingScheme, MarkChange } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { grade, type Work, withChanges } from './mark.ts';

/** Ten items of ten points, each with one check; the last has two. */
const scheme: GradingScheme = {
  items: Array.from({ length: 10 }, (_, n) => ({
    id: `item-${n}`,
    points: 10,
    checks: n === 9 ? ['check-9a', 'check-9b'] : [`check-${n}`],
  })),
  passPercent: 70,
  assistedPercent: 50,
};

const noon = '2026-03-02T12:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(noon) + ms).toISOString();
const work = (checks: Record<string, string>, assisted: string[] = []): Work => ({
  passedAt: new Map(Object.entries(checks)),
  assisted: new Set(assisted),
});
const firstOf = (count: number, at = noon) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`check-${n}`, at]));

describe('a mark', () => {
  test('passes at seven items of ten, and not at six', () => {
    expect(grade(scheme, work(firstOf(7)), null)).toMatchObject({
      ...{ earned: 70, possible: 100, passed: true },
    });
    expect(grade(scheme, work(firstOf(6)), null)).toMatchObject({ earned: 60, passed: false });
  });

  test('halves what was assisted, exactly', () => {
    const odd = { ...scheme, items: scheme.items.map((item) => ({ ...item, points: 7 })) };
    const mark = grade(odd, work(firstOf(3), ['check-0', 'check-2']), null);
    expect(mark.items.map(({ state, earned }) => [state, earned]).slice(0, 4)).toEqual([
      ['assisted', 3.5],
      ['met', 7],
      ['assisted', 3.5],
      ['open', 0],
    ]);
    expect(mark.earned).toBe(14);
    const third = { ...odd, assistedPercent: 33 };
    expect(grade(third, work(firstOf(3), ['check-0', 'check-1', 'check-2']), null).earned).toBe(
      6.93,
    );
  });

  test('needs all checks of an item, and dates it by the last', () => {
    const one = grade(scheme, work({ 'check-9a': after(5) }), null).items[9];
    expect(one).toEqual({ id: 'item-9', state: 'open', earned: 0, provenAt: null });
    const both = grade(scheme, work({ 'check-9a': after(5), 'check-9b': noon }), null).items[9];
    expect(both).toEqual({ id: 'item-9', state: 'met', earned: 10, provenAt: after(5) });
  });

  test('counts what was proven at the deadline and not a millisecond later', () => {
    const mark = grade(scheme, work({ 'check-0': noon, 'check-1': after(1) }), noon);
    expect(mark.items.slice(0, 2).map(({ state, earned }) => [state, earned])).toEqual([
      ['met', 10],
      ['late', 0],
    ]);
    expect(mark.items[1]?.provenAt).toBe(after(1));
  });

  test('of a lesson in which nothing is weighed is never passed', () => {
    const nothing = { ...scheme, items: [] };
    expect(grade(nothing, work({}), null)).toEqual({
      ...{ items: [], earned: 0, possible: 0, passed: false },
    });
    expect(grade({ ...scheme, passPercent: 0 }, work({}), null).passed).toBe(true);
  });
});

describe('changes by hand', () => {
  const change = (itemId: string, earned: number | null): MarkChange => ({
    ...{ itemId, earned, reason: 'seen in the room', by: 'Aoki', at: noon },
  });
  const mark = grade(scheme, work(firstOf(6)), null);

  test('count as the last one of an item says, and decide on passing', () => {
    const changed = withChanges(mark, scheme, [
      change('item-6', 2),
      change('item-6', 10),
      change('item-0', 0),
      change('item-0', null),
    ]);
    expect(changed).toMatchObject({ earned: 70, passed: true });
    expect(changed.items[6]).toEqual({ ...mark.items[6], earned: 10 });
    expect(changed.items[0]).toEqual(mark.items[0]);
  });

  test('give no more than an item is worth once it was weighed anew, and nothing for one that is gone', () => {
    const lighter = {
      ...scheme,
      items: scheme.items
        .filter(({ id }) => id !== 'item-7')
        .map((item) => (item.id === 'item-6' ? { ...item, points: 4 } : item)),
    };
    const graded = grade(lighter, work(firstOf(6)), null);
    const changed = withChanges(graded, lighter, [change('item-6', 10), change('item-7', 10)]);
    expect(changed.earned).toBe(64);
  });
});
