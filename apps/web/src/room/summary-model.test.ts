import { expect, test } from 'vitest';
import { mostRows, onePage } from './summary-model.ts';

const wrong = (n: number) => ({
  ...{ checkId: `ns.check-${n}`, reason: 'reason.outside', learners: 2, lostMs: 1000 },
});

test('what fits on a page is listed, the rest is summed up, and nothing is left out of the whole', () => {
  const all = Array.from({ length: mostRows + 3 }, (_, n) => wrong(n));
  const { rows, more, lostMs } = onePage(all);
  expect(rows).toEqual(all.slice(0, mostRows));
  expect(more).toEqual({ count: 3, lostMs: 3000 });
  expect(lostMs).toBe((mostRows + 3) * 1000);
  expect(onePage(all.slice(0, mostRows)).more).toBeNull();
});
