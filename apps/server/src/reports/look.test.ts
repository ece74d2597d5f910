import type { MapPicture } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { factsOf } from './look.ts';

const machine = { pid: 10, mnt: 11, net: 12, uts: 13, ipc: 14, user: 15, cgroup: 16, time: 17 };
const process = {
  ...{ parent: null, stopped: false, user: 'root', pidForChildren: 10, container: null },
};
const picture: MapPicture = {
  ...{ seq: 1, at: 1, deeds: [], cut: false },
  processes: [
    { ...process, id: '1.1', pids: [1], command: 'init', ns: machine, terminals: [] },
    { ...process, id: '40.9', pids: [40], command: 'bash', ns: machine, terminals: ['2'] },
    {
      ...{ ...process, id: '30.8', pids: [30, 1], command: '/bin/bash', terminals: ['1'] },
      ns: { ...machine, pid: 20, mnt: 21, uts: 23 },
    },
  ],
  namespaces: [
    ...Object.entries(machine).map(([kind, inode]) => ({
      ...{ kind: kind as 'pid', inode, machine: true, heldAt: null },
      hostname: kind === 'uts' ? 'lab-host' : null,
    })),
    { kind: 'uts', inode: 23, machine: false, hostname: 'inner', heldAt: null },
  ],
};

test('each terminal with where it stands, and what of that is not the machine’s', () => {
  expect(factsOf(picture)).toEqual([
    { name: 'terminal', value: '1' },
    { name: 'process', value: '/bin/bash' },
    { name: 'pid-machine', value: '30' },
    { name: 'pid-inside', value: '1' },
    { name: 'hostname', value: 'inner' },
    { name: 'ns-pid', value: '20' },
    { name: 'ns-mnt', value: '21' },
    { name: 'ns-uts', value: '23' },
    { name: 'shared', value: 'net, ipc, user, cgroup, time' },
    { name: 'terminal', value: '2' },
    { name: 'process', value: 'bash' },
    { name: 'pid-machine', value: '40' },
    { name: 'hostname', value: 'lab-host' },
    { name: 'shared', value: 'pid, mnt, net, uts, ipc, user, cgroup, time' },
  ]);
});
