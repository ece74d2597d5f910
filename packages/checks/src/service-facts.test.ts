import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { conmon, inside, login, seen, target, verdict, web } from '../test/scene.ts';
import { other } from '../test/view.ts';
import { evaluate } from './evaluate.ts';

describe('a service and an answer', () => {
  const service = CheckSpec.parse({
    id: 'up',
    target,
    service: { connectedTo: 5432, running: true },
  });
  const socket = {
    local: '10.0.0.2:4000',
    remote: '172.20.0.10:5432',
    state: 'established',
    inode: 4711,
  } as const;
  const named = CheckSpec.parse({ id: 'why', target, answer: { cause: 'route', fact: 'route' } });

  const picture = (state: 'established' | 'syn-sent', inode: number) =>
    seen([], {
      sockets: new Map([[inside.net, [{ ...socket, state }]]]),
      heldSockets: new Map([['up', new Set([inode])]]),
    });

  test('is connected when an established socket of its own says so', () => {
    expect(verdict(service, picture('established', socket.inode))).toContain(
      'connection 10.0.0.2:4000 → 172.20.0.10:5432',
    );
    const notYet = ['not-yet', 'not-connected', { port: 5432 }];
    expect(verdict(service, picture('syn-sent', socket.inode))).toEqual(notYet);
    // Somebody else's in the same net namespace.
    expect(verdict(service, picture('established', 1))).toEqual(notYet);
    expect(verdict(service, seen([]))[0]).toBe('unavailable');
  });

  test('does not run while one of its processes is stopped', () => {
    const processes = [login, conmon, web, other(1022, { parent: 1021, ns: inside, state: 'T' })];
    expect(verdict(service, seen([], { processes }))).toEqual(['not-yet', 'service-stopped', {}]);
    // A shell that came in suspended its job: the service runs none the less.
    const running = CheckSpec.parse({ id: 'runs', target, service: { running: true } });
    const guest = other(1043, { parent: 1010, ns: inside, pids: [43, 9], state: 'T' });
    const visited = seen([], { processes: [login, conmon, web, guest] });
    expect(evaluate(running, visited).status).toBe('passed');
  });

  test.each([
    ['nothing is typed', undefined, 'answer-missing', {}],
    [
      'the cause is another',
      { cause: 'port', value: '172.20.0.0/24' },
      'answer-cause',
      { cause: 'port' },
    ],
    [
      'the value is another',
      { cause: 'route', value: '10.0.0.0/8' },
      'answer-value',
      { value: '10.0.0.0/8' },
    ],
  ] as const)('is not right when %s', (_name, answer, key, params) => {
    const answers = new Map(answer ? [['why', answer]] : []);
    const faultFacts = new Map([['why', ['172.20.0.0/24']]]);
    expect(verdict(named, seen([], { answers, faultFacts }))).toEqual(['not-yet', key, params]);
  });

  test.each([
    ['T', true],
    ['t', true],
    ['Tsl', true],
    ['T (stopped)', true],
    ['S', false],
    ['Ssl', false],
    ['R S D T t Z', false],
    ['(stopped) T', false],
  ])('a state of %s, as ps or /proc show it: %s', (value, right) => {
    const check = CheckSpec.parse({
      id: 'why',
      target,
      answer: { cause: 'frozen', fact: 'state' },
    });
    const picture = seen([], {
      faultFacts: new Map([['why', ['T']]]),
      answers: new Map([['why', { cause: 'frozen', value }]]),
    });
    expect(evaluate(check, picture).status === 'passed').toBe(right);
  });

  test('is right when the kernel says the same', () => {
    const answers = new Map([['why', { cause: 'route', value: ' 172.20.0.0/24 ' } as const]]);
    const right = seen([], { answers, faultFacts: new Map([['why', ['172.20.0.0/24']]]) });
    expect(evaluate(named, right).status).toBe('passed');
    expect(verdict(named, seen([], { answers }))).toEqual(['unavailable', 'fact-unreadable', {}]);
  });
});
