import { CheckSpec, type ProcessView } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import {
  machineMounts,
  machineNs,
  myroot,
  other,
  ownProcMounts,
  paramsOf,
  shell,
  view,
} from '../test/view.ts';
import { evaluate } from './evaluate.ts';

const spec = (process: object, machine: object = {}) =>
  CheckSpec.parse({ id: 'check', process, machine });

const pidOne = spec({ program: 'shell', innerPid: 1, differs: ['pid', 'mnt'], ownProc: true });
const noFork = spec({ program: 'shell', same: ['pid'], pidForChildren: 'new' });
const noMountProc = spec({ program: 'shell', innerPid: 1, differs: ['pid'], ownProc: false });
const tmpfs = { target: '/tmp/myroot', type: 'tmpfs' };
const ownMount = spec(
  { program: 'shell', differs: ['mnt'], mounts: [tmpfs] },
  { noMounts: [tmpfs] },
);
const ownHostname = spec(
  { program: 'shell', differs: ['uts'], hostname: { is: 'box' } },
  { hostname: 'tatami' },
);
const ownShm = spec({ program: 'shell', differs: ['ipc'], shmBytes: 1024 }, { noShmBytes: 1024 });
const combined = spec(
  {
    program: 'shell',
    innerPid: 1,
    differs: ['pid', 'mnt', 'uts', 'ipc', 'net'],
    ownProc: true,
    mounts: [tmpfs],
    hostname: 'changed',
    shmBytes: 1024,
  },
  { hostname: 'tatami', noMounts: [tmpfs], noShmBytes: 1024 },
);

const inPid = (pid: number, ns: Partial<ProcessView['ns']> = {}) =>
  shell(pid, { pids: [pid - 1000, 1], ns: { pid: 200, mnt: 201, ...ns } });
const unshareParent = other(1010, { exe: '/usr/bin/unshare', pidForChildren: 200 });
const login = shell(1002);
const reasonOf = (outcome: ReturnType<typeof evaluate>) =>
  outcome.status === 'passed'
    ? 'passed'
    : [outcome.status, outcome.reason.key, paramsOf(outcome.reason)];
const notYet = (key: string, params: object = {}) => ['not-yet', `reason.${key}`, params];

test('a reason points at the process that it speaks of', () => {
  const params = (processes: ProcessView[]) => {
    const outcome = evaluate(noFork, view(processes));
    return outcome.status === 'passed' ? undefined : outcome.reason.params.process;
  };
  const inside = inPid(1011, { mnt: machineNs.mnt });
  expect(params([login, unshareParent, inside])).toBe('11.1011');
  expect(params([login])).toBe('2.1002');
  expect(params([other(1004)])).toBeUndefined();
});

test('the experiment without --fork, done with it, is told so', () => {
  const seen = view([login, unshareParent, inPid(1011, { mnt: machineNs.mnt })]);
  expect(reasonOf(evaluate(noFork, seen))).toEqual(notYet('pid-forked'));
});

test('fork without --mount-proc is told by the /proc that fools ps', () => {
  const seen = view([login, unshareParent, inPid(1011, { mnt: machineNs.mnt })]);
  expect(reasonOf(evaluate(pidOne, seen))).toEqual(notYet('proc-not-own'));
});

describe('passes', () => {
  test('a shell that is PID 1 with its own /proc', () => {
    const seen = view([login, unshareParent, inPid(1011)], { mounts: { 201: ownProcMounts } });
    expect(evaluate(pidOne, seen)).toEqual({
      status: 'passed',
      pid: 1011,
      facts: [
        { name: 'pid-inside', value: '1' },
        { name: 'pid-machine', value: '11' },
        { name: 'exe', value: '/usr/bin/bash' },
        { name: 'ns-pid', value: 'pid:[200]' },
        { name: 'ns-mnt', value: 'mnt:[201]' },
        { name: 'mount', value: 'proc on /proc' },
      ],
    });
  });

  test.each([200, null])('a pid namespace without fork, pid_for_children %s', (pidForChildren) => {
    const seen = view([login, shell(1011, { pidForChildren })]);
    expect(evaluate(noFork, seen)).toMatchObject({ status: 'passed', pid: 1011 });
  });

  test('fork without --mount-proc, the old /proc still in sight', () => {
    const sharing = view([login, inPid(1011, { mnt: machineNs.mnt })]);
    expect(evaluate(noMountProc, sharing)).toMatchObject({ status: 'passed', pid: 1011 });
    const copied = view([login, inPid(1011)], { mounts: { 201: machineMounts } });
    expect(evaluate(noMountProc, copied)).toMatchObject({ status: 'passed', pid: 1011 });
  });

  test('a tmpfs only in an own mount namespace', () => {
    const seen = view([login, shell(1011, { ns: { mnt: 201 } })], {
      mounts: { 201: [...machineMounts, myroot] },
    });
    expect(evaluate(ownMount, seen)).toMatchObject({
      status: 'passed',
      facts: expect.arrayContaining([{ name: 'mount', value: 'tmpfs on /tmp/myroot' }]),
    });
  });

  test('a host name only in an own uts namespace', () => {
    const seen = view([login, shell(1011, { ns: { uts: 203 } })], { hostnames: { 203: 'box' } });
    expect(evaluate(ownHostname, seen)).toMatchObject({
      status: 'passed',
      facts: expect.arrayContaining([{ name: 'hostname', value: 'box' }]),
    });
  });

  test('1024 bytes of shared memory only in an own ipc namespace', () => {
    const seen = view([login, shell(1011, { ns: { ipc: 204 } })], { shm: { 204: [1024] } });
    expect(evaluate(ownShm, seen)).toMatchObject({
      status: 'passed',
      facts: expect.arrayContaining([{ name: 'shm-bytes', value: '1024' }]),
    });
  });

  test('all of it together', () => {
    const seen = view([login, unshareParent, inPid(1011, { net: 202, uts: 203, ipc: 204 })], {
      mounts: { 201: [...ownProcMounts, myroot] },
      hostnames: { 203: 'box' },
      shm: { 204: [1024] },
    });
    expect(evaluate(combined, seen)).toMatchObject({ status: 'passed', pid: 1011 });
  });

  test('a whole match beats an older attempt that also left the machine', () => {
    const stale = other(1099, { ns: { pid: 300, mnt: 301 } });
    const seen = view([stale, inPid(1011)], { mounts: { 201: ownProcMounts } });
    expect(evaluate(pidOne, seen)).toMatchObject({ status: 'passed', pid: 1011 });
  });
});

describe('says what is missing', () => {
  const uts = (name: string) =>
    view([login, shell(1011, { ns: { uts: 203 } })], { hostnames: { 203: name } });
  const proc = { target: '/proc', type: 'proc', dev: '0:70' };

  test.each([
    ['nothing runs', pidOne, view([]), notYet('no-process')],
    ['only a daemon runs', pidOne, view([other(1005, { tty: false })]), notYet('no-process')],
    ['a plain shell', pidOne, view([login]), notYet('no-namespace', { kinds: 'pid, mnt' })],
    [
      'unshare --pid without --fork',
      pidOne,
      view([login, shell(1011, { pidForChildren: null })]),
      notYet('pid-not-forked'),
    ],
    [
      'innerPid alone, without --fork',
      spec({ program: 'shell', innerPid: 1 }),
      view([login, shell(1011, { pidForChildren: 200 })]),
      notYet('pid-not-forked'),
    ],
    [
      'a shell inside that is not the first process there',
      pidOne,
      view([shell(1012, { pids: [12, 7], ns: { pid: 200, mnt: 201 } })], {
        mounts: { 201: ownProcMounts },
      }),
      notYet('not-inner-pid', { pid: 7, wanted: 1 }),
    ],
    [
      'fork without --mount-proc',
      pidOne,
      view([login, inPid(1011)], { mounts: { 201: machineMounts } }),
      notYet('proc-not-own'),
    ],
    [
      'an own /proc where none is wanted',
      noMountProc,
      view([inPid(1011)], { mounts: { 201: ownProcMounts } }),
      notYet('proc-not-own'),
    ],
    [
      'proc mounted over the machine',
      pidOne,
      view([login, inPid(1011, { mnt: machineNs.mnt })], {
        mounts: { [machineNs.mnt]: [...machineMounts, proc] },
      }),
      notYet('machine-proc-replaced'),
    ],
    [
      'more namespaces than asked for',
      spec({ program: 'shell', differs: ['uts'], same: ['pid', 'mnt', 'net'] }),
      view([login, inPid(1011, { uts: 203 })]),
      notYet('namespace-extra', { kinds: 'pid, mnt' }),
    ],
    [
      'children that stay',
      spec({ program: 'shell', pidForChildren: 'new' }),
      view([login]),
      notYet('not-own-children'),
    ],
    [
      'children that should stay',
      spec({ program: 'shell', pidForChildren: 'own' }),
      view([shell(1011, { pidForChildren: 200 })]),
      notYet('not-own-children'),
    ],
    [
      'no tmpfs yet',
      ownMount,
      view([login, shell(1011, { ns: { mnt: 201 } })], { mounts: { 201: machineMounts } }),
      notYet('mount-missing', { ...tmpfs }),
    ],
    ['the host name as it was', ownHostname, uts('tatami'), notYet('hostname-unchanged')],
    [
      'another host name',
      ownHostname,
      uts('bx'),
      notYet('hostname-wrong', { is: 'bx', wanted: 'box' }),
    ],
    [
      'no shared memory yet',
      ownShm,
      view([login, shell(1011, { ns: { ipc: 204 } })], { shm: { 204: [2048] } }),
      notYet('shm-missing', { bytes: 1024 }),
    ],
  ])('%s', (_name, check, seen, expected) => {
    expect(reasonOf(evaluate(check, seen))).toEqual(expected);
  });
});

describe('is not taken in', () => {
  test('by what the screen says: echo 1 leaves a plain shell', () => {
    expect(reasonOf(evaluate(pidOne, view([login])))).toEqual(
      notYet('no-namespace', { kinds: 'pid, mnt' }),
    );
  });

  test('by a program that calls itself bash', () => {
    const fake = other(1011, { comm: 'bash', pids: [11, 1], ns: { pid: 200, mnt: 201 } });
    const seen = view([login, fake], { mounts: { 201: ownProcMounts } });
    expect(reasonOf(evaluate(pidOne, seen))).toEqual(notYet('not-shell'));
  });

  test('by a shell without a terminal', () => {
    const seen = view([login, { ...inPid(1011), tty: false }], { mounts: { 201: ownProcMounts } });
    expect(reasonOf(evaluate(pidOne, seen))).toEqual(notYet('no-namespace', { kinds: 'pid, mnt' }));
  });

  test('by facts spread over two processes', () => {
    const forked = inPid(1011, { mnt: machineNs.mnt });
    const mounted = shell(1012, { ns: { mnt: 201 } });
    const seen = view([forked, mounted], { mounts: { 201: ownProcMounts } });
    // Both lack two facts: the younger one is spoken of.
    expect(reasonOf(evaluate(pidOne, seen))).toEqual(notYet('no-namespace', { kinds: 'pid' }));
  });

  test('by the machine itself', () => {
    const thread = shell(1001, { pids: [1], pidForChildren: null });
    const seen = view([]);
    const any = spec({ innerPid: 1 });
    const crowd = { ...seen, processes: [seen.machine, thread] };
    expect(reasonOf(evaluate(any, crowd))).toEqual(notYet('no-process'));
  });

  test.each([
    [
      'a mount on the machine, with or without an own namespace',
      ownMount,
      { mounts: { [machineNs.mnt]: [...machineMounts, myroot], 201: [...machineMounts, myroot] } },
      notYet('mount-on-machine', { target: '/tmp/myroot' }),
    ],
    [
      'a host name set on the machine',
      ownHostname,
      { hostnames: { [machineNs.uts]: 'box', 203: 'box' } },
      notYet('machine-hostname-changed', { is: 'box', wanted: 'tatami' }),
    ],
    [
      'shared memory on the machine',
      ownShm,
      { shm: { [machineNs.ipc]: [1024], 204: [1024] } },
      notYet('shm-on-machine', { bytes: 1024 }),
    ],
  ])('by %s', (_name, check, entries, expected) => {
    const inside = shell(1011, { ns: { mnt: 201, uts: 203, ipc: 204 } });
    expect(reasonOf(evaluate(check, view([login], entries)))).toEqual(expected);
    expect(reasonOf(evaluate(check, view([login, inside], entries)))).toEqual(expected);
  });
});

describe('is unavailable, not wrong, when the view lacks', () => {
  const inside = shell(1011, { ns: { mnt: 201, uts: 203, ipc: 204 } });
  const down = ['unavailable', 'reason.observer-down', {}];

  test.each([
    ['mounts', ownMount],
    ['a host name', ownHostname],
    ['shared memory', ownShm],
  ])('%s of the process', (_name, check) => {
    expect(reasonOf(evaluate(check, view([login, inside])))).toEqual(down);
  });

  test('the host name of the machine', () => {
    const seen = view([inside], { hostnames: { 203: 'box' } });
    seen.hostnames.delete(machineNs.uts);
    expect(reasonOf(evaluate(ownHostname, seen))).toEqual(down);
  });
});
