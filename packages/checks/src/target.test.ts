import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { script } from '../test/events.ts';
import {
  conmon,
  inside,
  login,
  nsenter,
  onlyNet,
  seen,
  target,
  verdict,
  web,
} from '../test/scene.ts';
import { machineNs, other, shell } from '../test/view.ts';
import { evaluate } from './evaluate.ts';
import { TargetMemory } from './target-memory.ts';

describe('a target', () => {
  test('that does not run is said to be missing', () => {
    expect(verdict(onlyNet, { ...seen([]), processes: [login] })).toEqual([
      'not-yet',
      'target-missing',
      { target: 'web' },
    ]);
  });

  test('that was entered and removed in one line was entered', () => {
    const memory = new TargetMemory();
    const done = seen(nsenter('-t 21 -n', ['net'], inside));
    memory.look([onlyNet], { ...done, at: 1 });
    const after = { ...done, processes: [login], at: 100 };
    const goneTargets = memory.look([onlyNet], after);
    expect(evaluate(onlyNet, { ...after, goneTargets }).status).toBe('passed');
    // Its inodes may be another's by now: what came later does not count.
    const before = new Map([['net', [{ target: web, goneAt: 0 }]]]);
    expect(verdict(onlyNet, { ...after, goneTargets: before })[1]).toBe('target-missing');
    memory.begin();
    expect(memory.look([onlyNet], after).size).toBe(0);
  });

  test('is not whoever claims its name', () => {
    const claims = other(1020, { program: null, argv: ['/usr/bin/conmon', '-n', 'web'] });
    expect(verdict(onlyNet, { ...seen([]), processes: [login, claims, web] })).toMatchObject([
      'not-yet',
      'target-missing',
      {},
    ]);
  });

  test('that shares with the machine what is to be entered is told, and nothing passes', () => {
    const shares = { ...web, ns: { ...inside, net: machineNs.net } };
    const { fork, exec, exit } = script();
    const events = [fork(1031, 1010), exec(1031, 'ls /'), exit(1031)];
    const picture = { ...seen(events), processes: [login, conmon, shares] };
    expect(verdict(onlyNet, picture)).toEqual([
      'not-yet',
      'target-not-apart',
      { target: 'web', kinds: 'net' },
    ]);
    const service = CheckSpec.parse({ id: 'service', target, service: { connectedTo: 5432 } });
    expect(verdict(service, picture)).toMatchObject(['not-yet', 'target-not-apart', {}]);
  });

  test('is not entered by what is executed in it, only by what came in', () => {
    const { fork, exec, unshare, exit } = script();
    const own = { net: inside.net, uts: inside.uts };
    const events = [
      fork(1021, 1010),
      exec(1021, 'unshare --net --uts bash'),
      unshare(1021, ['net', 'uts'], { ns: own }),
      exec(1021, 'bash', { ns: own }),
      fork(1031, 1021, { ns: own }),
      exec(1031, 'ip addr', { ns: own }),
      exit(1031, 0, { ns: own }),
    ];
    const check = CheckSpec.parse({ ...onlyNet, target: { hostname: 'lab' } });
    const bash = shell(1021, { parent: 1010, pids: [21, 1], ns: { ...machineNs, ...own } });
    const hostnames = new Map([[inside.uts, 'lab']]);
    expect(verdict(check, { ...seen(events), processes: [login, bash], hostnames })).toEqual([
      'not-yet',
      'used-unshare',
      { command: 'unshare --net --uts bash' },
    ]);
  });

  test('that runs twice may be entered in either', () => {
    const again = { ...inside, net: 912, uts: 913 };
    const check = CheckSpec.parse({
      id: 'twice',
      target: { hostname: 'lab' },
      commands: [{ sameAsTarget: ['net'], sameAsMachine: ['mnt'] }],
    });
    const older = other(1021, { pids: [21, 1], ns: inside });
    const younger = other(1061, { pids: [61, 1], ns: again });
    const hostnames = new Map([inside.uts, again.uts].map((uts) => [uts, 'lab']));
    for (const entered of [inside, again]) {
      const events = nsenter('-t 21 -n', ['net'], entered);
      const picture = { ...seen(events), processes: [login, older, younger], hostnames };
      expect(evaluate(check, picture).status).toBe('passed');
    }
  });

  const whole = CheckSpec.parse({
    id: 'all',
    target,
    process: { program: 'shell', sameAsTarget: ['pid', 'mnt', 'net'], entered: true },
  });
  test('is entered whole by a shell that came in', () => {
    const came = shell(1041, { parent: 1010, ns: inside, pids: [41, 9] });
    const picture = { ...seen([]), processes: [login, conmon, web, came] };
    expect(evaluate(whole, picture)).toMatchObject({ status: 'passed', pid: 1041 });
  });

  test('is not entered by its own processes, nor by what the runtime starts there', () => {
    const born = shell(1041, { parent: 1021, ns: inside, pids: [41, 9] });
    const started = shell(1042, { parent: 1020, ns: inside, pids: [42, 10], argv: ['sh'] });
    const picture = { ...seen([]), processes: [login, conmon, web, born] };
    expect(evaluate(whole, picture).status).toBe('not-yet');
    expect(verdict(whole, { ...picture, processes: [login, conmon, web, started] })).toEqual([
      'not-yet',
      'docker-exec',
      { command: 'sh' },
    ]);
  });

  test('is not entered by what a runtime that is called by hand starts there', () => {
    const { fork, exec } = script();
    const events = [
      fork(1041, 1010),
      exec(1041, 'crun exec -t 1c5c bash'),
      fork(1042, 1041, { ns: inside }),
      exec(1042, 'bash', { ns: inside }),
    ];
    // Its parent is gone: nothing in the picture tells how it came in.
    const started = shell(1042, { parent: 1, ns: inside, pids: [42, 10] });
    const picture = { ...seen(events), processes: [login, conmon, web, started] };
    expect(verdict(whole, picture)).toEqual(['not-yet', 'docker-exec', { command: 'bash' }]);
    const nothing = { ...picture, processes: [login, conmon, web] };
    expect(verdict(whole, nothing)).toEqual([
      'not-yet',
      'docker-exec',
      { command: 'crun exec -t 1c5c bash' },
    ]);
  });
});

test('namespaces of its own are no way into those of a target', () => {
  const whole = CheckSpec.parse({
    id: 'all',
    target,
    process: { program: 'shell', sameAsTarget: ['mnt', 'net'], entered: true },
  });
  const { fork, exec, unshare } = script();
  const own = { mnt: 701, net: 702 };
  const events = [
    fork(1031, 1010),
    exec(1031, 'unshare --mount --net --fork bash'),
    unshare(1031, ['mnt', 'net'], { ns: own }),
    fork(1032, 1031, { ns: own }),
    exec(1032, 'bash', { ns: own }),
  ];
  const ns = { ...machineNs, ...own };
  const waits = other(1031, { parent: 1010, ns, program: 'unshare' });
  const stays = shell(1032, { parent: 1031, ns });
  const picture = { ...seen(events), processes: [login, conmon, web, waits, stays] };
  expect(verdict(whole, picture)).toEqual([
    'not-yet',
    'used-unshare',
    { command: 'unshare --mount --net --fork bash' },
  ]);
});
