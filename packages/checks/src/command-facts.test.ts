import { CheckSpec } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { script } from '../test/events.ts';
import {
  inside,
  listed,
  neighbour,
  nsenter,
  onlyNet,
  seen,
  target,
  verdict,
} from '../test/scene.ts';
import { evaluate } from './evaluate.ts';

describe('a command in the namespaces that are wanted', () => {
  test('passes with what was executed as evidence', () => {
    expect(verdict(onlyNet, seen(nsenter('-t 21 -n', ['net'], inside)))).toEqual([
      'target web',
      'command ip addr',
      'entered net',
      'ns-net net:[902]',
      'ns-mnt mnt:[101]',
    ]);
  });

  test('in the order that is wanted', () => {
    const check = CheckSpec.parse({
      id: 'order',
      commands: [{ program: 'hostname' }, { program: 'ip' }],
    });
    const run = (first: string, second: string) => {
      const { fork, exec, exit } = script();
      return [
        ...[fork(1031, 1010), exec(1031, first), exit(1031)],
        ...[fork(1032, 1010), exec(1032, second), exit(1032)],
      ];
    };
    expect(evaluate(check, seen(run('hostname', 'ip addr'))).status).toBe('passed');
    expect(evaluate(check, seen(run('ip addr', 'hostname'))).status).toBe('not-yet');
  });

  test.each([
    ['nothing was done', [], 'no-command', {}],
    [
      '-m as well',
      nsenter('-t 21 -n -m', ['net', 'mnt'], inside),
      'entered-extra',
      { command: 'ip addr', kinds: 'mnt' },
    ],
    [
      '-a',
      nsenter('-t 21 -a', ['pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup'], inside),
      'entered-all',
      { command: 'ip addr' },
    ],
    [
      '-u in place of -n',
      nsenter('-t 21 -u', ['uts'], inside),
      'entered-other',
      { command: 'ip addr', kinds: 'uts', wanted: 'net' },
    ],
    [
      'another container',
      nsenter('-t 44 -n', ['net'], neighbour),
      'entered-stranger',
      { command: 'ip addr' },
    ],
    [
      'the wrapper outside',
      nsenter('-t 10 -n', [], {}),
      'entered-machine',
      { command: 'nsenter -t 10 -n ip addr' },
    ],
    [
      'no namespace named',
      nsenter('-t 21', [], {}),
      'nsenter-no-kinds',
      { command: 'nsenter -t 21 ip addr' },
    ],
  ])('not when %s', (_name, events, key, params) => {
    expect(verdict(onlyNet, seen(events))).toEqual(['not-yet', key, params]);
  });

  test.each([
    ['without root', 'nsenter -t 21 -n ip addr', { uid: 1000 }, 1, 'nsenter-not-root'],
    ['without a target', 'nsenter -n ip addr', {}, 1, 'nsenter-no-target'],
    ['by a file, without root', 'nsenter --net=/f ip addr', { uid: 1000 }, 1, 'nsenter-not-root'],
    ['by a file, in short', 'nsenter -n/f ip addr', { uid: 1000 }, 1, 'nsenter-not-root'],
    ['into a process that is not there', 'nsenter -t 4711 -n ip addr', {}, 1, 'nsenter-no-process'],
    ['with an empty variable', 'nsenter -t -n ip addr', {}, 1, 'nsenter-no-process'],
    ['for another reason', 'nsenter -t 21 -n ip addr', {}, 1, 'command-failed'],
    ['without the program', 'nsenter -t 21 -n ipp addr', {}, 127, 'nsenter-command-missing'],
  ])('an nsenter that fails %s says so', (_name, line, change, code, key) => {
    const { fork, exec, exit } = script();
    const events = [fork(1031, 1010), exec(1031, line, change), exit(1031, code, change)];
    expect(verdict(onlyNet, seen(events))).toMatchObject(['not-yet', key, { command: line }]);
  });

  test('what docker exec starts does not count, and is named as it was typed', () => {
    const { fork, exec, exit } = script();
    const events = [
      fork(1031, 1010),
      exec(1031, 'docker exec web ip addr'),
      exec(1031, 'podman exec web ip addr'),
      fork(1032, 1031, { ns: inside }),
      exec(1032, 'ip addr', { ns: { net: inside.net } }),
      exit(1032),
    ];
    expect(verdict(onlyNet, seen(events))).toEqual([
      'not-yet',
      'docker-exec',
      { command: 'docker exec web ip addr' },
    ]);
  });

  test('a daemon of the machine is nobody’s attempt', () => {
    const { fork, exec, exit } = script();
    const events = [
      fork(1031, 1002, { tty: false }),
      exec(1031, 'ip -batch -', { tty: false }),
      exit(1031, 1, { tty: false }),
    ];
    expect(verdict(onlyNet, seen(events))).toEqual(['not-yet', 'no-command', {}]);
  });

  test('what filters a pipe looked at nothing of the machine', () => {
    const files = CheckSpec.parse({ id: 'files', target, commands: [{ sameAsTarget: ['mnt'] }] });
    const { fork, exec, exit } = script();
    const run = (line: string) => seen([fork(1031, 1010), exec(1031, line), exit(1031)]);
    expect(verdict(files, run('head -5'))).toEqual(['not-yet', 'no-command', {}]);
    expect(verdict(files, run('head -5 /etc/hosts'))).toMatchObject(['not-yet', 'outside', {}]);
  });

  test('a program is known by its file, not by its name', () => {
    const { fork, exec, exit } = script();
    const fake = [fork(1031, 1010), exec(1031, '/tmp/lsns', { inode: 4711 }), exit(1031)];
    expect(verdict(listed, seen(fake))).toEqual([
      'not-yet',
      'program-other',
      { command: '/tmp/lsns', wanted: 'lsns' },
    ]);
    const failed = [fork(1031, 1010), exec(1031, 'lsns -x'), exit(1031, 1)];
    expect(verdict(listed, seen(failed))).toMatchObject(['not-yet', 'exit-code', { code: 1 }]);
  });
});

describe('what was not seen is never held against the learner', () => {
  test('lost events make a check of commands undecidable, and no other', () => {
    const lost = { history: { commands: [], lost: 3 } };
    expect(verdict(onlyNet, seen([], lost))).toEqual(['unavailable', 'events-lost', { count: 3 }]);
    const state = CheckSpec.parse({ id: 'uts', process: { differs: ['uts'], program: 'shell' } });
    expect(verdict(state, seen([], lost))).toMatchObject(['not-yet', 'no-namespace', {}]);
  });

  test('without any events', () => {
    expect(verdict(onlyNet, seen([], { history: null }))).toEqual([
      'unavailable',
      'events-off',
      {},
    ]);
  });

  test('what was seen before the loss still counts', () => {
    const picture = seen(nsenter('-t 21 -n', ['net'], inside));
    const history = { commands: picture.history?.commands ?? [], lost: 1 };
    expect(evaluate(onlyNet, { ...picture, history }).status).toBe('passed');
  });
});
