import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { conmon, login, seen, target, verdict, web } from '../test/scene.ts';
import { machineNs, other } from '../test/view.ts';
import { findTarget } from './target.ts';

const answered = (check: CheckSpec, value: string, facts?: string[]) =>
  verdict(
    check,
    seen([], {
      answers: new Map([[check.id, { value }]]),
      faultFacts: new Map(facts && [[check.id, facts]]),
    }),
  );

describe.each([
  ['pid', 'answer-pid'],
  ['net-companion', 'answer-net-companion'],
])('a %s, asked for without a cause', (fact, key) => {
  const check = CheckSpec.parse({ id: 'who', target, answer: { fact } });

  test('is right as the kernel says it', () => {
    expect(answered(check, '21', ['20', '21'])).toEqual(['target web', 'answer 21']);
  });

  test('is wrong as anything else, and says so', () => {
    expect(answered(check, '1', ['21'])).toEqual(['not-yet', key, { value: '1' }]);
    expect(answered(check, '021', ['21'])).toEqual(['not-yet', key, { value: '021' }]);
  });

  test('that nobody typed, or that could not be read, is no mistake', () => {
    expect(verdict(check, seen([]))).toEqual(['not-yet', 'value-missing', {}]);
    expect(answered(check, '21')).toEqual(['unavailable', 'fact-unreadable', {}]);
  });

  test('of a target that does not run is told so', () => {
    const answers = new Map([['who', { value: '21' }]]);
    expect(verdict(check, { ...seen([], { answers }), processes: [login] })).toEqual([
      'not-yet',
      'target-missing',
      { target: 'web' },
    ]);
  });
});

test('a target named by its first argument is the oldest that bears it', () => {
  const daemon = other(1040, { argv: ['mail-relay', 'infinity'], startTicks: 5 });
  const later = other(1030, {
    argv: ['mail-relay'],
    startTicks: 9,
    ns: { ...machineNs, net: 802 },
  });
  const mention = other(1050, { argv: ['pgrep', 'mail-relay'], startTicks: 1 });
  const picture = { ...seen([]), processes: [login, conmon, web, later, mention, daemon] };
  expect(findTarget({ process: 'mail-relay' }, picture)).toBe(daemon);
});
