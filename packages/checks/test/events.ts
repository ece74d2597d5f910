import type { KernelEvent, NamespaceKind } from '@tatami/protocol';
import { machineNs } from './view.ts';

type Base = Omit<KernelEvent, 'type'>;
type Change = Partial<Omit<Base, 'ns'>> & { ns?: Partial<Record<NamespaceKind, number>> };

/** Files of the machine's programs in these events; any other inode is none of them. */
export const programs: Record<string, number> = {
  bash: 1,
  sudo: 2,
  unshare: 3,
  nsenter: 4,
  ip: 5,
  podman: 6,
  docker: 7,
  lsns: 8,
  conmon: 9,
  hostname: 10,
  crun: 11,
  kill: 12,
  pgrep: 13,
};
export const programOf = ({ inode }: { inode: number }): string | null =>
  Object.entries(programs).find(([, one]) => one === inode)?.[0] ?? null;

/** Events of one sandbox, numbered as they are made. Root inside is user 0 here, a learner 1000. */
export function script() {
  let seq = 0;
  const base = (pid: number, { ns, ...change }: Change = {}): Base => ({
    seq: ++seq,
    at: seq,
    pid,
    parent: 1,
    pids: [pid - 1000],
    uid: 0,
    tty: true,
    ns: { ...machineNs, ...ns },
    pidForChildren: ns?.pid ?? machineNs.pid,
    ...change,
  });
  return {
    fork: (pid: number, parent: number, change: Change = {}): KernelEvent => ({
      ...base(pid, { parent, ...change }),
      type: 'fork',
    }),
    exec: (pid: number, line: string, change: Change & { inode?: number } = {}): KernelEvent => {
      const { inode, ...rest } = change;
      const argv = line.split(' ');
      const [file = ''] = argv;
      const name = file.split('/').at(-1) ?? '';
      return {
        ...base(pid, rest),
        ...{ type: 'exec', argv, argvCut: false, file: `/usr/bin/${name}` },
        ...{ inode: inode ?? programs[name] ?? 999, size: 1, ctimeUs: 1 },
      };
    },
    exit: (pid: number, code = 0, change: Change = {}): KernelEvent => ({
      ...base(pid, change),
      ...{ type: 'exit', code, signal: null },
    }),
    setns: (pid: number, kinds: NamespaceKind[], change: Change = {}, errno = 0): KernelEvent => ({
      ...base(pid, change),
      ...{ type: 'setns', asked: kinds, changed: errno ? [] : kinds, errno },
    }),
    unshare: (
      pid: number,
      kinds: NamespaceKind[],
      change: Change = {},
      errno = 0,
    ): KernelEvent => ({
      ...base(pid, change),
      ...{ type: 'unshare', kinds, errno },
    }),
  };
}
