import type {
  KernelView,
  MountFact,
  NamespaceKind,
  ProcessFacts,
  ProcessView,
} from '@tatami/protocol';
import { commandText } from './command-line.ts';
import { isMount } from './machine-facts.ts';
import { type Fact, met, type SeenFact, unknown, unmet } from './outcome.ts';
import { machineProcReplaced, ownProc } from './own-proc.ts';
import { fromRuntime } from './target.ts';

/** What the check wants of one process, in teaching order: the first unmet one is told. */
export function processFacts(
  wanted: ProcessFacts,
  process: ProcessView,
  view: KernelView,
  target: ProcessView | null,
): Fact[] {
  return [
    ...entered(wanted, process, view),
    ...program(wanted, process),
    ...(wanted.ownProc && machineProcReplaced(process, view)
      ? [unmet('machine-proc-replaced')]
      : []),
    ...sameAsTarget(wanted, process, target),
    ...differs(wanted, process, view),
    ...same(wanted, process, view),
    ...innerPid(wanted, process, view),
    ...pidForChildren(wanted, process),
    ...(wanted.ownProc === undefined ? [] : [ownProc(wanted.ownProc, process, view)]),
    ...wanted.mounts.map((mount) => mounted(mount, process, view)),
    ...hostname(wanted, process, view),
    ...shm(wanted, process, view),
  ];
}

/** Its next child, and not itself, is in another pid namespace (or will be, once it is born). */
export const childrenElsewhere = ({ ns, pidForChildren }: ProcessView): boolean =>
  pidForChildren !== ns.pid;

/** A shell of the machine that reads from a terminal; the name it gives itself says nothing. */
export const isShell = ({ shell, tty }: ProcessView): boolean => shell && tty;

function program(wanted: ProcessFacts, process: ProcessView): Fact[] {
  if (wanted.program === 'any') return [];
  return [isShell(process) ? met({ name: 'exe', value: process.exe }) : unmet('not-shell')];
}

function entered(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  if (!wanted.entered) return [];
  if (!fromRuntime(process, view)) return [met()];
  return [unmet('docker-exec', { command: commandText(process.argv) })];
}

function sameAsTarget(
  wanted: ProcessFacts,
  process: ProcessView,
  target: ProcessView | null,
): Fact[] {
  const other = (kind: NamespaceKind) => process.ns[kind] !== target?.ns[kind];
  const reason = unmet('not-in-target', { kinds: wanted.sameAsTarget.filter(other).join(', ') });
  return wanted.sameAsTarget.map((kind) =>
    other(kind) ? reason : met(seenNamespace(kind, process.ns[kind])),
  );
}

/** One fact per kind, so that near misses can be compared; each names all the kinds that are missing. */
function differs(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  const shared = (kind: NamespaceKind) => process.ns[kind] === view.machine.ns[kind];
  const missing = wanted.differs.filter(shared);
  const reason = missingReason(wanted, missing, process);
  return wanted.differs.map((kind) =>
    shared(kind) ? reason : met(seenNamespace(kind, process.ns[kind])),
  );
}

/** Two usual mistakes have a name; of the rest the kinds are told. */
function missingReason(wanted: ProcessFacts, missing: NamespaceKind[], process: ProcessView): Fact {
  if (missing.includes('pid') && childrenElsewhere(process)) return unmet('pid-not-forked');
  // --mount-proc makes the mount namespace too, so its lack is what there is to say.
  if (wanted.ownProc && missing.length === 1 && missing[0] === 'mnt') return unmet('proc-not-own');
  return unmet('no-namespace', { kinds: missing.join(', ') });
}

function same(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  const other = (kind: NamespaceKind) => process.ns[kind] !== view.machine.ns[kind];
  // The experiment without --fork, done with it.
  const reason =
    wanted.pidForChildren === 'new' && other('pid')
      ? unmet('pid-forked')
      : unmet('namespace-extra', { kinds: wanted.same.filter(other).join(', ') });
  return wanted.same.map((kind) => (other(kind) ? reason : met()));
}

function innerPid(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  if (wanted.innerPid === undefined) return [];
  const pid = process.pids.at(-1);
  if (pid === undefined) return [unknown];
  if (pid === wanted.innerPid) return [met()];
  const outside = process.ns.pid === view.machine.ns.pid;
  if (wanted.innerPid === 1 && outside && childrenElsewhere(process))
    return [unmet('pid-not-forked')];
  return [unmet('not-inner-pid', { pid, wanted: wanted.innerPid })];
}

function pidForChildren(wanted: ProcessFacts, process: ProcessView): Fact[] {
  if (wanted.pidForChildren === undefined) return [];
  if (childrenElsewhere(process) !== (wanted.pidForChildren === 'new'))
    return [unmet('not-own-children')];
  const inode = process.pidForChildren;
  const value = inode === null ? 'none yet' : `pid:[${inode}]`;
  return [met({ name: 'ns-pid-for-children', value })];
}

function mounted(mount: MountFact, process: ProcessView, view: KernelView): Fact {
  const { target, type } = mount;
  const mounts = view.mounts.get(process.ns.mnt);
  if (!mounts) return unknown;
  if (mounts.some(isMount(mount))) return met({ name: 'mount', value: `${type} on ${target}` });
  return view.mounts.get(view.machine.ns.mnt)?.some(isMount(mount))
    ? unmet('mount-on-machine', { target })
    : unmet('mount-missing', { target, type });
}

function hostname(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  if (wanted.hostname === undefined) return [];
  const is = view.hostnames.get(process.ns.uts);
  const machine = view.hostnames.get(view.machine.ns.uts);
  if (is === undefined) return [unknown];
  if (wanted.hostname === 'changed') {
    if (machine === undefined) return [unknown];
    if (is === machine) return [unmet('hostname-unchanged')];
  } else if (is !== wanted.hostname.is) {
    if (is === machine) return [unmet('hostname-unchanged')];
    return [unmet('hostname-wrong', { is, wanted: wanted.hostname.is })];
  }
  return [met({ name: 'hostname', value: is })];
}

function shm(wanted: ProcessFacts, process: ProcessView, view: KernelView): Fact[] {
  const bytes = wanted.shmBytes;
  if (bytes === undefined) return [];
  const sizes = view.shm.get(process.ns.ipc);
  if (!sizes) return [unknown];
  if (sizes.includes(bytes)) return [met({ name: 'shm-bytes', value: String(bytes) })];
  const onMachine = view.shm.get(view.machine.ns.ipc)?.includes(bytes);
  return [unmet(onMachine ? 'shm-on-machine' : 'shm-missing', { bytes })];
}

export const seenNamespace = (kind: NamespaceKind, inode: number): SeenFact => ({
  name: `ns-${kind}`,
  value: `${kind}:[${inode}]`,
});
