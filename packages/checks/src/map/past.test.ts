import {
  applied,
  type KernelEvent,
  MapEvent,
  type MapPicture,
  type ProcessView,
} from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { programOf, script } from '../../test/events.ts';
import { machineNs, other, shell, view } from '../../test/view.ts';
import { History } from '../history.ts';
import { MapPast } from './past.ts';

const login = shell(1010, { parent: 900, foreground: 1010 });
const terminals = [{ id: '1', pid: 900 }];

/** A machine's past, and the history that tells it of deeds. */
function machine() {
  const past = new MapPast();
  const history = new History(programOf, past.deeds);
  const look = (
    at: number,
    processes: ProcessView[],
    more: { cut?: boolean; isMoment?: boolean | undefined } = {},
  ) => {
    const { cut = false, isMoment } = more;
    const snapshot = { ...view(processes), at, cut };
    return past.look({ snapshot, terminals, lineOf: (pid) => history.lineOf(pid) }, isMoment);
  };
  return { past, look, do: (events: KernelEvent[]) => history.add(events) };
}

function picturesOf(past: MapPast): MapPicture[] {
  const event = MapEvent.parse(JSON.parse(past.json ?? 'null'));
  if (event.type !== 'past') throw new Error('a past begins with one');
  const pictures = [event.picture];
  for (const change of event.changes)
    pictures.push(applied(pictures.at(-1) ?? event.picture, change));
  return pictures;
}
const bytesOf = (text: string) => encodeURIComponent(text).replace(/%../g, '.').length;
const newestOf = (past: MapPast) => picturesOf(past).at(-1);

describe('the past of a map', () => {
  test('is nothing before the first look, and no change where nothing is new', () => {
    const { past, look } = machine();
    expect([past.json, past.newestJson]).toEqual([null, null]);
    expect(look(1, [login])).toBeNull();
    expect(look(2, [login])).toBeNull();
    expect(look(3, [{ ...login, state: 'R' }])).toBeNull();
    expect(past.newest).toMatchObject({ seq: 0, at: 1 });
    expect(look(4, [{ ...login, state: 'T' }])).toContain('"seq":1');
  });

  test('forgets what is older than a quarter of an hour, and keeps what it led to', () => {
    const { past, look } = machine();
    for (let minute = 0; minute < 60; minute++)
      look(minute * 60_000, [login, other(1100 + minute)]);
    const event = MapEvent.parse(JSON.parse(past.json ?? ''));
    const ats = event.type === 'past' ? event.changes.map(({ at }) => at / 60_000) : [];
    expect(ats.length).toBeGreaterThanOrEqual(15);
    expect(ats.length).toBeLessThanOrEqual(30);
    expect(newestOf(past)).toEqual(past.newest);
  });

  test('keeps the moments that checks passed on for good, as they were', () => {
    const { past, look } = machine();
    const moments: (MapPicture | undefined)[] = [];
    for (let minute = 0; minute < 180; minute++) {
      const isMoment = minute % 20 === 5 || undefined;
      look(minute * 60_000, [login, other(1100 + minute)], { isMoment });
      // A look that shows nothing new may be the one that a check passes on.
      if (minute === 90) look(minute * 60_000 + 1, [login, other(1190)], { isMoment: true });
      if (isMoment || minute === 90) moments.push(past.newest);
    }
    const pictures = picturesOf(past);
    expect(moments).toHaveLength(10);
    expect(pictures).toEqual(expect.arrayContaining(moments));
    expect(pictures.length).toBeLessThanOrEqual(10 + 30 + 1);
    expect(pictures.map(({ at }) => at)).toEqual(
      pictures.map(({ at }) => at).sort((a, b) => a - b),
    );
    expect(newestOf(past)).toEqual(past.newest);
  });

  test.each([
    ['many changes', 2_000, 1, 'x'],
    ['large changes', 200, 60, 'x'],
    ['names of three bytes a character', 200, 60, '畳'],
    ['characters that are escaped', 40, 200, '\u0007'],
  ])('is bounded, moments and all: %s', (_name, looks, count, letter) => {
    const { past, look } = machine();
    const argv = [letter.repeat(190)];
    for (let n = 0; n < looks * 1.25; n++)
      look(
        n,
        [
          login,
          ...Array.from({ length: count }, (_, i) => other(1100 + i, { startTicks: n, argv })),
        ],
        { isMoment: n % 3 === 0 || undefined },
      );
    expect(bytesOf(past.json ?? '')).toBeLessThan(1.5 * 1024 * 1024);
    expect(newestOf(past)).toEqual(past.newest);
  });
});

describe('deeds', () => {
  const made = (line: string, kinds: ('pid' | 'net' | 'uts')[], ns: Partial<ProcessView['ns']>) => {
    const { fork, exec, unshare } = script();
    return [fork(1031, 1010), exec(1031, line), unshare(1031, kinds, { ns })];
  };

  test('tell what a line made, where it was typed, and that it ended', () => {
    const { past, look, do: happens } = machine();
    look(1, [login]);
    happens(made('unshare --uts sleep', ['uts'], { uts: 300 }));
    look(2, [login, other(1031, { parent: 1010, ns: { uts: 300 }, argv: ['sleep'] })]);
    look(50, [login]);
    const deed = { kinds: ['uts'], ns: { uts: 300 }, process: '31.1031', whose: null };
    expect(past.newest?.deeds).toEqual([
      { ...deed, at: 3, what: 'made', terminal: '1', command: 'unshare --uts sleep' },
      { ...deed, at: 50, what: 'ended', terminal: null, command: 'sleep' },
    ]);
  });

  test('of an end are told though another namespace has the inode, and not of what a look left out', () => {
    const { past, look } = machine();
    look(1, [login, other(1031, { ns: { uts: 300, net: 301 } })]);
    look(2, [login], { cut: true });
    expect(past.newest?.deeds).toEqual([]);
    look(3, [login, other(1031, { ns: { uts: 300 } })]);
    look(4, [login, other(1032, { ns: { net: 300 } })]);
    expect(past.newest?.deeds).toMatchObject([
      { what: 'ended', process: '31.1031', kinds: ['uts'], ns: { uts: 300 } },
    ]);
  });

  test('of a command that nobody saw run have its namespaces all the same', () => {
    const { past, look, do: happens } = machine();
    look(1, [login]);
    const { fork, exec, setns, exit } = script();
    happens([
      fork(1031, 1010),
      exec(1031, 'nsenter -n -u ip', { parent: 1010 }),
      setns(1031, ['net'], { ns: { net: 300 } }),
      setns(1031, ['uts'], { ns: { net: 300, uts: 301 } }),
      exec(1031, 'ip addr', { ns: { net: 300, uts: 301 } }),
      exit(1031),
    ]);
    look(2, [login]);
    expect(past.newest?.deeds).toEqual([
      {
        ...{ at: 3, process: '31.0', what: 'entered', terminal: '1' },
        ...{ kinds: ['net', 'uts'], ns: { net: 300, uts: 301 }, command: 'nsenter -n -u ip' },
        whose: null,
      },
    ]);
  });

  test('keep whose it was that was entered, though that goes and its inode is given away', () => {
    const { past, look, do: happens } = machine();
    const { fork, exec, setns, exit } = script();
    const entered = (pid: number, net: number, ns = {}) => [
      ...[fork(pid, 1010), exec(pid, 'nsenter -n ip', { parent: 1010, ns })],
      ...[setns(pid, ['net'], { ns: { net } }), exit(pid)],
    ];
    const daemon = other(1040, { ns: { net: 300 }, argv: ['/usr/sbin/nginx', '-g'] });
    look(101, [login, daemon]);
    happens(entered(1031, 300));
    look(102, [login, daemon]);
    const whose = { type: 'process', text: 'nginx', pid: 40 };
    expect(past.newest?.deeds).toMatchObject([{ what: 'entered', whose }]);
    // The next one ends before anybody looks again, and a third has its inode then.
    happens(entered(1032, 300));
    look(103, [login]);
    look(104, [login, other(1041, { ns: { net: 300 }, argv: ['else'] })]);
    expect(past.newest?.deeds).toMatchObject([{ whose }, { whose }, { what: 'ended' }]);
    happens(entered(1033, machineNs.net, { net: 300 }));
    look(105, [login]);
    expect(past.newest?.deeds[2]).toMatchObject({ whose: { type: 'machine' } });
  });

  test('are not told of the way back, of failures, nor of what nobody typed', () => {
    const { past, look, do: happens } = machine();
    look(1, [login]);
    const { fork, exec, setns, unshare } = script();
    happens([
      ...[fork(1031, 1010), exec(1031, 'ip netns add blue')],
      ...[unshare(1031, ['net'], { ns: { net: 300 } }), setns(1031, ['net'])],
      ...[fork(1032, 1010), exec(1032, 'unshare -p'), unshare(1032, ['pid'], {}, 1)],
      ...[fork(1033, 1, { tty: false }), exec(1033, 'unshare -n', { tty: false })],
      unshare(1033, ['net'], { ns: { net: 301 }, tty: false }),
    ]);
    look(2, [login]);
    expect(past.newest?.deeds).toMatchObject([{ what: 'made', kinds: ['net'], ns: { net: 300 } }]);
  });

  test('of a container are those of who starts it', () => {
    const { past, look, do: happens } = machine();
    look(1, [login]);
    const { fork, exec, setns, unshare } = script();
    const ns = { ...machineNs, net: 300, pid: 301, mnt: 302 };
    happens([
      ...[fork(1031, 1010), exec(1031, 'docker run web'), exec(1031, 'podman run web')],
      ...[
        unshare(1031, ['user'], { ns: { user: 299 } }),
        unshare(1031, ['net'], { ns: { net: 300 } }),
      ],
      ...[fork(1032, 1031), exec(1032, 'netavark'), setns(1032, ['net'], { ns: { net: 300 } })],
      ...[fork(1033, 1031), exec(1033, '/usr/bin/crun create')],
      ...[setns(1033, ['net'], { ns: { net: 300 } }), unshare(1033, ['pid', 'mnt'], { ns })],
      ...[fork(1041, 1010), exec(1041, 'podman exec web sh'), fork(1042, 1041)],
      ...[exec(1042, 'crun exec'), setns(1042, ['net', 'pid', 'mnt'], { ns })],
    ]);
    look(2, [login]);
    expect(past.newest?.deeds).toMatchObject([
      { what: 'made', kinds: ['net', 'pid', 'mnt'], command: 'docker run web' },
      { what: 'entered', kinds: ['net', 'pid', 'mnt'], command: 'podman exec web sh' },
    ]);
  });

  test('in a loop are the last twenty, and one for a program that never stops', () => {
    const { past, look, do: happens } = machine();
    look(1, [login]);
    const { fork, exec, unshare } = script();
    for (let n = 0; n < 500; n++) {
      const pid = 1100 + n;
      const ns = { net: 5000 + n };
      happens([fork(pid, 1010), exec(pid, 'unshare -n'), unshare(pid, ['net'], { ns })]);
    }
    for (let n = 0; n < 500; n++) happens([unshare(1599, ['net'], { ns: { net: 6000 + n } })]);
    look(2, [login]);
    expect(past.newest?.deeds).toHaveLength(20);
    expect(past.newest?.deeds.at(-1)).toMatchObject({ process: '599.0', ns: { net: 6499 } });
  });
});
