import type { MapPicture, MapProcess } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { situation } from '../../test/situations.ts';
import { type Area, areasOf } from './areas.ts';
import { machineInodes, programOf } from './kinds.ts';

/** An area as `kinds{PROGRAM/PID INSIDE, areas inside}`; a kind that it shares as `net=WITH WHOM`. */
function drawn(area: Area): string {
  const own = area.own.map(({ kind, home }) => (home ? `${kind}=${home.name.text}` : kind));
  const processes = area.processes.map(({ pids, command }) =>
    [programOf(command), ...pids.slice(1)].join('/'),
  );
  return `${own.join(' ') || 'machine'}{${[...processes, ...area.inside.map(drawn)].join(' ')}}`;
}
const drawnOf = (picture: MapPicture) => drawn(areasOf(picture).machine);

/** A picture with processes added to the plain machine, by the namespaces in which they differ from it. */
function withProcesses(
  ...added: {
    pid: number;
    parent: number;
    ns?: Partial<MapProcess['ns']>;
    more?: Partial<MapProcess>;
  }[]
): MapPicture {
  const { picture } = situation('plain');
  const machineNs = machineInodes(picture) as MapProcess['ns'];
  const known = new Map(picture.processes.map(({ pids, id }) => [pids[0], id]));
  for (const { pid } of added) known.set(pid, `${pid}.${9000 + pid}`);
  const processes = added.map(({ pid, parent, ns, more }): MapProcess => {
    const all = { ...machineNs, ...ns };
    return {
      ...{
        id: known.get(pid) ?? '',
        parent: known.get(parent) ?? null,
        pids: [pid],
        command: `p${pid}`,
      },
      ...{ stopped: false, user: 'root', ns: all, pidForChildren: all.pid, terminals: [] },
      ...{ container: null, ...more },
    };
  });
  return { ...picture, processes: [...picture.processes, ...processes] };
}

describe('areas', () => {
  test('of a machine without anything: what is its own in it', () => {
    expect(drawnOf(situation('plain').picture)).toBe(
      'machine{tatami-init bash bash net{internet}}',
    );
  });

  test('unshare with --fork: its child is inside what it made', () => {
    expect(drawnOf(situation('unshare-fork').picture)).toContain('mnt{unshare pid{bash/1}}');
  });

  test('without --fork the shell stays where it was', () => {
    const { all, machine } = areasOf(situation('unshare-no-fork').picture);
    expect(machine.processes.some(({ terminals }) => terminals.includes('1'))).toBe(true);
    expect(all.flatMap(({ own }) => own).some(({ kind }) => kind === 'pid')).toBe(false);
  });

  test('a second unshare is inside the first, also with a mount namespace of its own', () => {
    expect(drawnOf(situation('nested').picture)).toContain(
      'mnt{unshare pid{bash/1 mnt{unshare/2 pid{bash/3/1}}}}',
    );
  });

  test('what entered the net namespace alone stands apart and shares it with the container', () => {
    const { all } = areasOf(situation('nsenter-net').picture);
    const guest = all.find(({ own }) => own.some(({ home }) => home !== null));
    expect(guest?.around?.id).toBe('machine');
    expect(guest?.own.map(({ kind, home }) => [kind, home?.name])).toEqual([
      ['net', { type: 'container', text: 'test-nginx' }],
    ]);
    const container = all.find((area) => area.container === 'test-nginx');
    expect(container?.own.every(({ home }) => home === null)).toBe(true);
  });

  test('a shell that is older than the container and enters it is a guest all the same', () => {
    const inside = { pid: 900, mnt: 901, net: 902, uts: 903, ipc: 904, cgroup: 905 };
    const container = { container: 'web', pids: [300, 1] };
    const { all } = areasOf(
      withProcesses(
        { pid: 200, parent: 41, ns: { net: 902 } },
        { pid: 250, parent: 1 },
        { pid: 300, parent: 250, ns: inside, more: container },
      ),
    );
    const guest = all.find(({ processes }) => processes[0]?.pids[0] === 200);
    expect(guest?.own[0]?.home?.name.text).toBe('web');
    expect(guest?.inside).toEqual([]);
  });

  test('what is inside one net namespace and makes another is not inside it', () => {
    const picture = withProcesses(
      { pid: 200, parent: 41, ns: { net: 800 } },
      { pid: 201, parent: 200, ns: { net: 801 } },
      { pid: 202, parent: 200, ns: { net: 800, uts: 802 } },
    );
    expect(drawnOf(picture)).toContain('net{p200 uts{p202}} net{p201}');
  });

  test('an orphan is inside what is older and has less', () => {
    const picture = withProcesses(
      { pid: 200, parent: 41, ns: { net: 800 } },
      { pid: 201, parent: 1, ns: { net: 800, mnt: 801 } },
    );
    expect(drawnOf(picture)).toContain('net{p200 mnt{p201}}');
  });

  test('a namespace that only a mount holds has an area without processes', () => {
    const { all } = areasOf(situation('netns-add').picture);
    const held = all.find(({ name }) => name.type === 'held');
    expect(held?.name.text).toBe('blue');
    expect(held?.processes).toEqual([]);
  });

  test('parents in a ring end the search', () => {
    const picture = withProcesses(
      { pid: 200, parent: 201, ns: { net: 800 } },
      { pid: 201, parent: 200, ns: { net: 801 } },
    );
    expect(areasOf(picture).machine.inside).toHaveLength(3);
  });
});
