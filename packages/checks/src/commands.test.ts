import { CheckSpec, type KernelEvent, type KernelView } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { programOf, script } from '../test/events.ts';
import { machineNs, other, shell, view } from '../test/view.ts';
import { evaluate } from './evaluate.ts';
import { History } from './history.ts';
import { TargetMemory } from './target-memory.ts';

const inside = { ...machineNs, pid: 900, mnt: 901, net: 902, uts: 903, ipc: 904, cgroup: 905 };
const conmon = other(1020, {
  program: 'conmon',
  argv: ['/usr/bin/conmon', '-n', 'web'],
  tty: false,
});
const web = other(1021, { parent: 1020, pids: [21, 1], ns: inside, program: null, tty: false });
const neighbour = { ...machineNs, pid: 800, mnt: 801, net: 802, uts: 803, ipc: 804, cgroup: 805 };
const login = shell(1010, { uid: 1000 });

const target = { container: 'web' };
const onlyNet = CheckSpec.parse({
  id: 'net',
  target,
  commands: [{ sameAsTarget: ['net'], sameAsMachine: ['mnt'] }],
});
const listed = CheckSpec.parse({ id: 'lsns', commands: [{ program: 'lsns', exitCode: 0 }] });

function seen(events: KernelEvent[], change: Partial<KernelView> = {}): KernelView {
  const history = new History(programOf);
  history.add(events);
  return { ...view([login, conmon, web]), history: history.view, ...change };
}
function verdict(check: CheckSpec, picture: KernelView) {
  const outcome = evaluate(check, picture);
  return outcome.status === 'passed'
    ? outcome.facts.map(({ name, value }) => `${name} ${value}`)
    : [outcome.status, outcome.reason.key.slice('reason.'.length), outcome.reason.params];
}

/** `sudo nsenter OPTIONS ip addr` as the kernel tells it. */
function nsenter(options: string, kinds: (keyof typeof inside)[], into: Partial<typeof inside>) {
  const { fork, exec, setns, exit } = script();
  const ns = Object.fromEntries(kinds.map((kind) => [kind, into[kind]]));
  return [
    fork(1031, 1010),
    exec(1031, `nsenter ${options} ip addr`),
    ...(kinds.length > 0 ? [setns(1031, kinds, { ns })] : []),
    exec(1031, 'ip addr', { ns }),
    exit(1031, 0, { ns }),
  ];
}

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

describe('a process that is wanted and not there: what was done instead', () => {
  const pidOne = CheckSpec.parse({
    id: 'pid1',
    process: {
      program: 'shell',
      innerPid: 1,
      differs: ['pid', 'mnt'],
      same: ['net', 'uts', 'ipc'],
      ownProc: true,
    },
  });
  /** `unshare OPTIONS`, that makes these kinds, with a child when forked. */
  function unshare(line: string, kinds: ('pid' | 'mnt' | 'net')[], forked = true) {
    const { fork, exec, unshare: make, exit } = script();
    const ns = { mnt: kinds.includes('mnt') ? 70 : machineNs.mnt };
    const child = { ns: { ...ns, pid: 71 } };
    return [
      ...[fork(1031, 1010), exec(1031, line), make(1031, kinds, { ns, pidForChildren: 71 })],
      ...(forked
        ? [fork(1032, 1031, child), exec(1032, 'bash', child), exit(1032, 0, child)]
        : [exec(1031, 'bash', { ns })]),
      exit(1031, 0, { ns }),
    ];
  }
  test.each([
    ['unshare --pid --fork --mount-proc bash', ['pid', 'mnt'], true, 'ended'],
    ['unshare --pid --fork --mount bash', ['pid', 'mnt'], true, 'proc-not-own'],
    ['unshare --pid --fork bash', ['pid'], true, 'proc-not-own'],
    ['unshare --pid --mount-proc bash', ['pid', 'mnt'], false, 'pid-not-forked'],
    ['unshare --mount bash', ['mnt'], false, 'no-namespace'],
    [
      'unshare --pid --fork --mount-proc --net bash',
      ['pid', 'mnt', 'net'],
      true,
      'namespace-extra',
    ],
  ] as const)('%s', (line, kinds, forked, key) => {
    expect(verdict(pidOne, seen(unshare(line, [...kinds], forked)))[1]).toBe(key);
  });

  test.each([
    ['unshare --pid --fork bash', 1000, 1, 'unshare-not-root'],
    ['unshare --pid --frok bash', 0, 0, 'command-failed'],
    ['nsenter -t 21 -p bash', 0, 0, 'used-nsenter'],
    ['podman run -it web', 0, 0, 'used-docker'],
  ] as const)('%s as user %i', (line, uid, errno, key) => {
    const { fork, exec, unshare: make, exit } = script();
    const events = [
      ...[fork(1031, 1010, { uid }), exec(1031, line, { uid })],
      ...(errno ? [make(1031, ['pid'], { uid }, errno)] : []),
      exit(1031, 1, { uid }),
    ];
    expect(verdict(pidOne, seen(events))[1]).toBe(key);
  });

  test('sudo that cannot find the program, and a plain shell', () => {
    const { fork, exec, exit } = script();
    const wrong = [fork(1031, 1010), exec(1031, 'sudo unshar --pid'), exit(1031, 1)];
    expect(verdict(pidOne, seen(wrong))).toMatchObject(['not-yet', 'command-failed', { code: 1 }]);
    const plain = [fork(1031, 1010), exec(1031, 'bash')];
    expect(verdict(pidOne, seen(plain))[1]).toBe('plain-shell');
  });
});
