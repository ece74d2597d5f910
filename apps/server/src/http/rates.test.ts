import { expect, test } from 'vitest';
import { addressKey, Rates } from './rates.ts';

test('a budget is for its key alone, refills, and may be given back', () => {
  const rates = new Rates({ perSecond: 1, burst: 2 });
  expect([rates.take('a', 0), rates.take('a', 0), rates.take('a', 0)]).toEqual([true, true, false]);
  expect(rates.take('b', 0)).toBe(true);
  expect([rates.take('a', 1000), rates.take('a', 1000)]).toEqual([true, false]);
  rates.give('a');
  expect(rates.take('a', 1000)).toBe(true);
});

test('no more than ten thousand keys are remembered, and the last used are', () => {
  const rates = new Rates({ perSecond: 0.001, burst: 1 });
  rates.take('a', 0);
  for (let n = 0; n < 9_999; n++) rates.take(`${n}`, 0);
  expect(rates.take('a', 0)).toBe(false);
  rates.take('one more', 0);
  expect([rates.take('a', 0), rates.take('0', 0)]).toEqual([false, true]);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::5:6', '2001:db8:0:0'],
  ['1::4:5:6:7:8', '1:0:0:4'],
  ['::1', '0:0:0:0'],
])('%s is counted as %s', (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});
