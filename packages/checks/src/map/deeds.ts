import {
  type CommandView,
  type KernelEvent,
  keptDeeds,
  type MapDeed,
  type MapNamespace,
  type MapPicture,
  type MapProcess,
  type NamespaceKind,
} from '@tatami/protocol';
import { commandText } from '../command-line.ts';
import { shown } from './picture.ts';
import { processId } from './process-id.ts';
import { type StandingScene, terminalAbove } from './standing.ts';
import { whoseOf } from './whose.ts';

/** Of the container runtime these, by the names they give themselves (their file is a copy in memory), make and enter containers; podman itself makes their networks. */
const runtimeStarters = ['crun', 'runc'];

/** What an event did to namespaces; its inodes are the event's. */
export interface Doing {
  event: KernelEvent;
  what: 'made' | 'entered';
  kinds: NamespaceKind[];
  command: CommandView;
  /** What was typed. */
  typed: CommandView;
}

interface Noted {
  deed: MapDeed;
  /** On the host; null of what has ended. */
  pid: number | null;
  /** Something of it was not told yet, or nothing ever was. */
  isNew: boolean;
  isTold: boolean;
  command: CommandView | null;
  typed: CommandView | null;
}

/** What was done to namespaces of one machine, made of the events that the checks' commands are made of. */
export class Deeds {
  #noted: Noted[] = [];

  /** Takes in what a typed line did; set-ups and daemons do theirs unsaid. */
  note(doing: Doing): void {
    const { event, what, command, typed } = doing;
    const kinds = (command.by === 'runtime' ? this.#ofContainer(doing) : doing.kinds).filter(
      (kind) => what === 'made' || !isBack(kind, doing),
    );
    if (command.line === null || kinds.length === 0) return;
    const ns = inodes(event, kinds);
    const same = this.#noted.findLast((noted) => continues(noted, doing));
    if (same) {
      const { deed } = same;
      same.deed = {
        ...deed,
        kinds: [...new Set([...deed.kinds, ...kinds])],
        ns: { ...deed.ns, ...ns },
      };
      same.isNew = true;
      return;
    }
    const deed = {
      ...{
        at: Math.floor(event.at),
        what,
        kinds,
        ns,
        command: shown(commandText(typed.argv), 200),
      },
      process: `${event.pids[0] ?? 0}.0`,
      terminal: null,
      whose: null,
    };
    this.#add({ deed, pid: event.pid, isNew: true, isTold: false, command, typed });
  }

  /** Takes in what has ended between two pictures. */
  noteEnded(before: MapPicture, after: MapPicture): void {
    for (const deed of ended(before, after))
      this.#add({ deed, pid: null, isNew: false, isTold: true, command: null, typed: null });
  }

  /**
   * The newest, oldest first, as far as this look, or else the picture before, tells of them: a process that it is
   * the first to show, or not to show, is told by id from here on.
   */
  told(scene: StandingScene, now: MapPicture, before: MapPicture | undefined): MapDeed[] {
    const { processes } = scene.snapshot;
    for (const noted of this.#noted) {
      const { pid, deed, typed, isTold } = noted;
      if (!noted.isNew) continue;
      const process = isTold ? undefined : processes.find((one) => one.pid === pid);
      const shell = typed ? [typed.pid, typed.parent] : [];
      const whose = deed.what === 'entered' ? whoseOf(deed, now) : null;
      noted.deed = {
        ...deed,
        ...(process && { process: processId(process) }),
        terminal: terminalAbove(shell, scene) ?? deed.terminal,
        whose:
          whose ?? deed.whose ?? (before && deed.what === 'entered' ? whoseOf(deed, before) : null),
      };
      noted.isNew = false;
      noted.isTold = true;
    }
    return this.#noted.map(({ deed }) => deed);
  }

  /** The runtime goes in and out to look after networks, and enters those that it has just made. */
  #ofContainer({ what, kinds, command }: Doing): NamespaceKind[] {
    const starts = runtimeStarters.includes(command.argv[0]?.split('/').at(-1) ?? '');
    if (what === 'made') return starts ? kinds : kinds.filter((kind) => kind === 'net');
    if (!starts) return [];
    const made = this.#noted.findLast(
      (noted) => noted.deed.what === 'made' && noted.command?.line === command.line,
    );
    return kinds.filter((kind) => !made?.deed.kinds.includes(kind));
  }

  #add(noted: Noted): void {
    this.#noted = [...this.#noted, noted].sort((a, b) => a.deed.at - b.deed.at).slice(-keptDeeds);
  }
}

/** It is where its program was started again: `ip netns add` goes out to make a namespace, and home. */
const isBack = (kind: NamespaceKind, { event, command }: Doing): boolean =>
  kind === 'pid'
    ? event.pidForChildren === command.pidForChildren
    : event.ns[kind] === command.ns[kind];

/** One command enters kind after kind, and a container is made by several processes. */
const continues = ({ deed, command }: Noted, doing: Doing): boolean =>
  deed.what === doing.what &&
  (doing.command.by === 'runtime'
    ? command?.by === 'runtime' && command.line === doing.command.line
    : command?.seq === doing.command.seq);

/** What is unshared or entered of pid namespaces is where children are born. */
const inodes = ({ ns, pidForChildren, type }: KernelEvent, kinds: NamespaceKind[]): MapDeed['ns'] =>
  Object.fromEntries(
    kinds
      .map((kind) => [kind, kind === 'pid' && type !== 'fork' ? pidForChildren : ns[kind]] as const)
      .filter(([, inode]) => inode > 0),
  );

/** The kernel gives an inode to the next namespace, of whatever kind, at once. */
const nameOf = ({ kind, inode }: MapNamespace): string => `${kind}:${inode}`;

/** Namespaces that lost their last process, by the oldest that was in them; what a cut look leaves out may be there. */
function ended(before: MapPicture, after: MapPicture): MapDeed[] {
  const left = new Set(after.namespaces.map(nameOf));
  const gone = before.namespaces.filter((namespace) => !left.has(nameOf(namespace)));
  if (gone.length === 0 || after.cut) return [];
  const byOldest = new Map<MapProcess, typeof gone>();
  for (const namespace of gone) {
    const oldest = before.processes.find(({ ns }) => ns[namespace.kind] === namespace.inode);
    if (oldest) byOldest.set(oldest, [...(byOldest.get(oldest) ?? []), namespace]);
  }
  return [...byOldest].map(([{ id, command }, all]) => ({
    ...{ at: after.at, process: id, what: 'ended', command, terminal: null, whose: null },
    kinds: all.map(({ kind }) => kind),
    ns: Object.fromEntries(all.map(({ kind, inode }) => [kind, inode])),
  }));
}
