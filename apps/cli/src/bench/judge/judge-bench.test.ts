import type { Verdict } from '@tatami/protocol';
import { expect, test, vi } from 'vitest';

vi.stubEnv('TATAMI_ROOT', '/');
const { chooseTargets } = await import('../targets.ts');
const { judgeTargets } = await import('./judge-targets.ts');
const { isSpecific } = await import('./reason-bench.ts');

test('targets are chosen by name, in the order of the table', () => {
  expect(chooseTargets(judgeTargets, undefined)).toEqual(Object.keys(judgeTargets));
  expect(chooseTargets(judgeTargets, 'lost,tickP95Ms1')).toEqual(['tickP95Ms1', 'lost']);
  expect(() => chooseTargets(judgeTargets, 'lost,found')).toThrow('"found"');
});

test('a reason is specific when it tells more than an untouched machine would', () => {
  const notYet = (key: string, params = {}): Verdict => ({
    status: 'not-yet',
    reason: { key, params },
  });
  const untouched = notYet('reason.target-missing', { target: 'a' });
  expect(isSpecific(notYet('reason.outside', { command: 'ip a' }), untouched)).toBe(true);
  expect(isSpecific(notYet('reason.target-missing', { target: 'b' }), untouched)).toBe(true);
  expect(isSpecific(untouched, untouched)).toBe(false);
  expect(isSpecific(notYet('reason.no-command'), untouched)).toBe(false);
  expect(isSpecific(notYet('reason.no-process'), undefined)).toBe(false);
  const blind: Verdict = {
    status: 'unavailable',
    reason: { key: 'reason.events-off', params: {} },
  };
  expect(isSpecific(blind, untouched)).toBe(false);
});
