import type { MapNamespace, MapPicture, MapProcess, NamespaceKind } from '@tatami/protocol';
import { situation } from './situations.ts';

/** Inodes that no recorded machine has. */
const firstInode = 9_000_000_000;
const firstPid = 1000;

/** A plain machine that more and more is done to, as a learner with a loop would. */
export class Crowd {
  readonly picture: MapPicture;
  readonly shell: MapProcess;
  #inode = firstInode;
  #pid = firstPid;

  constructor() {
    this.picture = structuredClone(situation('plain').picture);
    const shell = this.picture.processes.find(({ terminals }) => terminals.includes('1'));
    if (!shell) throw new Error('the plain machine has a shell in terminal 1');
    this.shell = shell;
  }

  namespace(kind: NamespaceKind, more: Partial<MapNamespace> = {}): number {
    const inode = this.#inode++;
    const plain = { machine: false, hostname: null, heldAt: null };
    this.picture.namespaces.push({ kind, inode, ...plain, ...more });
    return inode;
  }

  /** A process like the shell, its child unless told otherwise. */
  process(more: Partial<MapProcess>): MapProcess {
    const pid = this.#pid++;
    // Younger than all that was recorded.
    const id = `${pid}.${firstInode + pid}`;
    const own = { id, pids: [pid], parent: this.shell.id, terminals: [] };
    const process: MapProcess = { ...this.shell, ...own, ...more };
    this.picture.processes.push(process);
    return process;
  }

  /** `unshare --pid --fork` with these kinds besides. @returns the process that is PID 1. */
  unshare(command: string, kinds: NamespaceKind[], from = this.shell): MapProcess {
    const pidForChildren = this.namespace('pid');
    const ns = { ...from.ns };
    for (const kind of kinds) ns[kind] = this.namespace(kind);
    const waits = { ...from, ns, pidForChildren };
    const unshare = this.process({
      ...{ ...waits, id: `${this.#pid}.${firstInode + this.#pid}`, terminals: [] },
      ...{ parent: from.id, command: `unshare -pf ${command}` },
      pids: [this.#pid, ...from.pids.slice(1).map(() => 2)],
    });
    return this.process({
      ...{ parent: unshare.id, command, user: from.user, pidForChildren },
      ...{ ns: { ...ns, pid: pidForChildren } },
      pids: [this.#pid, ...from.pids.slice(1).map(() => 3), 1],
    });
  }
}
