import type { Expectation } from '../expectation.ts';

/** What a machine of its own has and a sandbox has not: each is explained in docs/faithful-machine.md. */
export const machineExpectations: Expectation[] = [
  {
    id: 'machine-uid-map',
    says: 'the machine maps every user',
    script: `tr --squeeze ' ' < /proc/self/uid_map`,
    prints: ' 0 0 4294967295',
    explained: { inside: ' 0 0 65536' },
  },
  {
    id: 'machine-capabilities',
    says: 'root may load modules, reach the hardware and reboot (capabilities 16, 17 and 22)',
    script: `caps=$((16#$(grep CapEff: /proc/self/status | cut -f 2)))
      for bit in 16 17 22; do echo $((caps >> bit & 1)); done | paste -sd ' '`,
    prints: '1 1 1',
    explained: { inside: '0 0 0' },
  },
  {
    id: 'machine-stack',
    says: 'root reads the kernel stack of a process',
    script: 'cat /proc/1/stack >/dev/null 2>&1 && echo read || echo refused',
    prints: 'read',
    explained: { inside: 'refused' },
  },
  {
    id: 'machine-kernel-log',
    says: 'root reads the kernel log',
    script: 'dmesg >/dev/null 2>&1 && echo read || echo refused',
    prints: 'read',
    explained: { inside: 'refused' },
  },
  {
    id: 'machine-devices',
    says: 'root makes device files',
    script: 'mknod null c 1 3 2>&1 | sed s/.*:.//; [ -c null ] && echo made',
    prints: 'made',
    explained: { inside: 'Operation not permitted' },
  },
  {
    id: 'machine-nice',
    says: 'root raises priorities',
    script: 'nice --adjustment=-5 true 2>&1 | sed s/.*:.//; echo end',
    prints: 'end',
    explained: { inside: 'Permission denied\nend' },
  },
  {
    id: 'machine-threads',
    says: 'PID 1 is one thread',
    script: 'ls /proc/1/task | wc --lines',
    prints: '1',
    explained: { inside: '65' },
  },
  {
    id: 'machine-hostname-file',
    says: 'the host name is set through /proc/sys too',
    script: `unshare --uts bash -c 'echo box > /proc/sys/kernel/hostname; hostname' 2>&1 | tail -1`,
    prints: 'box',
    explained: { inside: 'lab-host' },
  },
];
