import type { ProcessView } from '@tatami/protocol';
import { applied, changeOf, isEmpty, joined, MapChange, MapPicture } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { machineNs, other, shell, view } from '../../test/view.ts';
import { picture } from './picture.ts';
import type { MapTerminal } from './standing.ts';

const relay: MapTerminal = { id: '1', pid: 900 };
const login = shell(1010, { parent: 900, foreground: 1010 });

const shownAs = (processes: ProcessView[], entries = {}, more = {}) =>
  MapPicture.parse(
    picture({
      snapshot: { ...view(processes, entries), ...more },
      ...{ terminals: [relay], lineOf: () => null, deeds: [], seq: 1 },
    }),
  );
const find = (map: MapPicture, pid: number) => map.processes.find(({ pids }) => pids[0] === pid);
const standsAt = (map: MapPicture) =>
  map.processes.filter(({ terminals }) => terminals.includes('1')).map(({ pids }) => pids[0]);

describe('a picture', () => {
  test('names processes as the machine does, and nothing of the host', () => {
    const inside = shell(1011, { parent: 1010, pids: [11, 1], uid: 1000, ns: { pid: 200 } });
    const map = shownAs([login, inside, other(1012, { uid: 33 })]);
    expect(find(map, 11)).toEqual({
      ...{ id: '11.1011', parent: '10.1010', pids: [11, 1], command: 'bash', stopped: false },
      ...{ user: 'learner', ns: { ...machineNs, pid: 200 }, pidForChildren: 200 },
      ...{ terminals: [], container: null },
    });
    expect(map.processes.map(({ user }) => user)).toEqual(['root', 'learner', 'learner', '33']);
    expect(find(map, 10)?.parent).toBeNull();
    expect(JSON.stringify(map)).not.toMatch(/"10\d\d"|900/);
  });

  test('has each namespace once: the machine its own, what processes made, what mounts hold', () => {
    const pinned = [
      { kind: 'net', inode: 300, target: '/mnt/elsewhere', mnt: 999 },
      { kind: 'net', inode: 300, target: '/run/netns/blue', mnt: machineNs.mnt },
    ];
    const map = shownAs(
      [login, other(1011, { ns: { uts: 200 } })],
      { hostnames: { 200: 'inner' } },
      { pinned },
    );
    expect(map.namespaces).toHaveLength(10);
    expect(map.namespaces.filter(({ machine }) => machine)).toHaveLength(8);
    expect(map.namespaces.filter(({ machine }) => !machine)).toEqual([
      { kind: 'net', inode: 300, machine: false, hostname: null, heldAt: '/run/netns/blue' },
      { kind: 'uts', inode: 200, machine: false, hostname: 'inner', heldAt: null },
    ]);
  });

  test('keeps what a learner chose as it is, and cuts it between characters', () => {
    const odd = 'a\u202eb\u0007\n\u001b[2J';
    const long = `${'x'.repeat(198)}😀${'y'.repeat(100)}`;
    const map = shownAs([
      other(1011, { argv: [odd] }),
      other(1012, { argv: [long] }),
      other(1013, { argv: [], comm: 'kid' }),
      other(1014, { state: 'T' }),
    ]);
    expect(find(map, 11)?.command).toBe(`'${odd}'`);
    expect(find(map, 12)?.command).toBe(`'${'x'.repeat(198)}…`);
    expect(find(map, 13)?.command).toBe('[kid]');
    expect(find(map, 14)?.stopped).toBe(true);
  });

  test('says what it leaves out: 500 processes, 100 held namespaces of a kind', () => {
    const many = Array.from({ length: 499 }, (_, n) =>
      other(2000 + n, { ns: { net: 5000 + (n % 100) } }),
    );
    const held = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        ...{ kind: 'net', inode: 9000 + n, target: `/run/netns/${n}`, mnt: machineNs.mnt },
      }));
    const whole = shownAs(many, {}, { pinned: held(100) });
    expect(whole.processes).toHaveLength(500);
    expect(whole.cut).toBe(false);
    expect(shownAs(many, {}, { cut: true }).cut).toBe(true);
    const more = shownAs(many, {}, { pinned: held(101) });
    expect([more.cut, more.namespaces.filter(({ heldAt }) => heldAt).length]).toEqual([true, 100]);
  });

  test('names containers by the conmon that looks after them, however deep', () => {
    const conmon = other(1020, { program: 'conmon', argv: ['conmon', '-n', 'web'] });
    const own = { ns: { pid: 300 }, pids: [21, 1] };
    const deep = Array.from({ length: 300 }, (_, n) => other(1022 + n, { parent: 1021 + n }));
    const map = shownAs([login, conmon, other(1021, { parent: 1020, ...own }), ...deep]);
    expect(map.processes.filter(({ container }) => container === 'web')).toHaveLength(301);
    expect(find(map, 20)?.container).toBeNull();
    expect(find(map, 10)?.container).toBeNull();
  });

  test('takes processes that name each other as parents', () => {
    const map = shownAs([other(1011, { parent: 1012 }), other(1012, { parent: 1011 })]);
    expect(find(map, 11)?.parent).toBe('12.1012');
  });
});

describe('a terminal stands', () => {
  /** In a session of its own, below the shell's, as sudo with use_pty makes it. */
  const sudo = other(1011, { parent: 1010, session: 1010, group: 1011, foreground: 1011 });
  const busy = { ...login, foreground: 1011 };
  const monitor = other(1012, { parent: 1011, foreground: 1013 });
  const on = { session: 1012, foreground: 1013 };
  const command = other(1013, { parent: 1012, ...on });

  test('at its prompt', () => {
    expect(standsAt(shownAs([login]))).toEqual([10]);
  });

  test('nowhere when its shell is gone', () => {
    expect(standsAt(shownAs([{ ...login, parent: 1000 }]))).toEqual([]);
  });

  test('at the innermost process in the foreground, through the terminal that sudo makes', () => {
    expect(standsAt(shownAs([busy, sudo, monitor, command]))).toEqual([13]);
    const child = other(1014, { parent: 1013, group: 1013, ...on });
    expect(standsAt(shownAs([busy, sudo, monitor, command, child]))).toEqual([14]);
  });

  test('at the shell while what it waits for is on its way', () => {
    expect(standsAt(shownAs([busy]))).toEqual([10]);
    expect(standsAt(shownAs([busy, sudo]))).toEqual([11]);
  });

  test('not at what holds a terminal in the background', () => {
    expect(standsAt(shownAs([login, sudo, monitor, command]))).toEqual([10]);
    const fore = other(1015, { parent: 1010, session: 1010, group: 1015 });
    const waits = { ...login, foreground: 1015 };
    expect(standsAt(shownAs([waits, fore, sudo, monitor, command]))).toEqual([15]);
  });

  test('at the end of hundreds of sessions, each on a terminal of its own, found at once', () => {
    const chain = Array.from({ length: 310 }, (_, n) =>
      shell(1011 + n, { parent: 1010 + n, session: 1011 + n, foreground: 1011 + n }),
    );
    const times = Array.from({ length: 5 }, () => {
      const begun = Date.now();
      expect(standsAt(shownAs([login, ...chain]))).toEqual([320]);
      return Date.now() - begun;
    });
    // 20 ms on a quiet machine; a search of all for each took over 500 ms.
    expect(Math.min(...times)).toBeLessThan(250);
  });

  test('not at a process with the number of another terminal of the same name', () => {
    const elsewhere = shell(1020, { parent: 1000, foreground: 1020 });
    expect(standsAt(shownAs([login, elsewhere]))).toEqual([10]);
  });

  test('in the container that docker exec went to, as the line that was typed tells', () => {
    const client = { ...sudo, program: 'podman' };
    const inside = shell(1030, { parent: 1025, foreground: 1030, pids: [30, 7] });
    const snapshot = view([busy, client, inside]);
    const lines = new Map([
      [1011, 5],
      [1030, 5],
    ]);
    const scene = { snapshot, terminals: [relay], deeds: [], seq: 1 };
    const at = (lineOf: (pid: number) => number | null) => standsAt(picture({ ...scene, lineOf }));
    expect(at((pid) => lines.get(pid) ?? null)).toEqual([30]);
    expect(at(() => null)).toEqual([11]);
  });
});

/** A generator whose failures can be told again by their seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'a change takes one picture to the next, in walk %i',
  (seed) => {
    const below = random(seed + 1);
    let processes: ProcessView[] = [login];
    let deeds: MapPicture['deeds'] = [];
    let before = shownAs(processes);
    let longer = before;
    let changes: MapChange[] = [];
    for (let step = 2; step < 60; step++) {
      processes = processes.filter(() => below(6) > 0);
      for (let n = below(5); n > 0; n--)
        processes.push(
          other(1100 + below(60), {
            ns: { net: 200 + below(4), uts: 300 + below(3) },
            argv: [`p${below(3)}`],
            startTicks: step,
          }),
        );
      processes = [...new Map(processes.map((one) => [one.pid, one])).values()];
      for (let n = below(12); n > 0; n--) {
        const deed = { at: step * 10, process: `${below(90)}.${n}`, what: 'made' as const };
        const told = { kinds: ['net' as const], ns: {}, terminal: null };
        deeds = [...deeds, { ...deed, ...told, command: 'unshare -n', whose: null }].slice(-20);
      }
      // The last one grows: nsenter enters kind after kind.
      const last = deeds.at(-1);
      if (last && below(2) === 0)
        deeds = [...deeds.slice(0, -1), { ...last, kinds: ['net', 'uts'] }];
      const after = { ...shownAs(processes, {}, { at: step }), seq: step, deeds };
      const change = MapChange.parse(JSON.parse(JSON.stringify(changeOf(before, after))));
      expect(applied(before, change)).toEqual(after);
      expect(isEmpty(change, before)).toBe(
        JSON.stringify({ ...after, seq: 0, at: 0 }) ===
          JSON.stringify({ ...before, seq: 0, at: 0 }),
      );
      before = after;
      changes.push(change);
      // Any number of changes in one lead as far.
      expect(applied(longer, joined(changes))).toEqual(after);
      if (below(8) === 0) [longer, changes] = [after, []];
    }
  },
);
