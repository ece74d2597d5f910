import {
  inOrder,
  type KernelSnapshot,
  type MapDeed,
  type MapNamespace,
  type MapPicture,
  type MapProcess,
  type NamespaceKind,
  namespacesInOrder,
  type PinnedView,
  type ProcessView,
} from '@tatami/protocol';
import { commandText } from '../command-line.ts';
import { containersOf } from '../target.ts';
import { processId } from './process-id.ts';
import { type StandingScene, standings } from './standing.ts';

/** Held namespaces of a kind that are shown. */
const mostHeld = 100;
/** As the root filesystem numbers `learner`. */
const learnerUid = 1_000;

/** What a picture is made of: the look that the checks stand on, and what led to it. */
export interface MapScene extends StandingScene {
  /** Oldest first. */
  deeds: MapDeed[];
  seq: number;
}

/** The machine as the map shows it; pure. */
export function picture(scene: MapScene): MapPicture {
  const { snapshot, deeds, seq } = scene;
  const all = [snapshot.machine, ...snapshot.processes];
  const held = heldNamespaces(snapshot);
  return {
    seq,
    at: snapshot.at,
    processes: inOrder(mapProcesses(all, scene)),
    namespaces: namespacesInOrder(namespaces(all, held.shown, snapshot)),
    deeds,
    cut: snapshot.cut || held.cut,
  };
}

function mapProcesses(all: ProcessView[], scene: MapScene): MapProcess[] {
  const { snapshot } = scene;
  const ids = new Map(all.map((process) => [process.pid, processId(process)]));
  const containers = containersOf(snapshot);
  const standing = standings(scene);
  return all.map((process) => ({
    id: processId(process),
    parent: ids.get(process.parent) ?? null,
    pids: process.pids,
    command: shown(commandOf(process), 200),
    stopped: process.state === 'T' || process.state === 't',
    user: userOf(process, snapshot.machine),
    ns: process.ns,
    pidForChildren: process.pidForChildren,
    terminals: standing.get(process.pid) ?? [],
    container: shownOrNull(containers.get(process.pid), 100),
  }));
}

const commandOf = ({ argv, comm }: ProcessView): string =>
  argv.length > 0 ? commandText(argv) : `[${comm}]`;

/** PID 1 is the machine's root. */
function userOf({ uid }: ProcessView, machine: ProcessView): string {
  const inside = uid - machine.uid;
  if (inside === 0) return 'root';
  return inside === learnerUid ? 'learner' : String(inside);
}

function namespaces(
  all: ProcessView[],
  held: Map<number, PinnedView>,
  { machine, hostnames }: KernelSnapshot,
): MapNamespace[] {
  const kinds = new Map<number, NamespaceKind>();
  for (const { ns } of all)
    for (const kind of Object.keys(ns) as NamespaceKind[]) kinds.set(ns[kind], kind);
  for (const { inode, kind } of held.values()) kinds.set(inode, kind);
  return [...kinds].map(([inode, kind]) => ({
    kind,
    inode,
    machine: machine.ns[kind] === inode,
    hostname: kind === 'uts' ? shownOrNull(hostnames.get(inode), 100) : null,
    heldAt: shownOrNull(held.get(inode)?.target, 200),
  }));
}

/** By inode; a mount that the machine itself sees goes before one of another mount namespace. */
function heldNamespaces({ pinned, machine }: KernelSnapshot): {
  shown: Map<number, PinnedView>;
  cut: boolean;
} {
  const shown = new Map<number, PinnedView>();
  const counts = new Map<NamespaceKind, number>();
  let cut = false;
  const isOwn = ({ mnt }: PinnedView) => mnt === machine.ns.mnt;
  for (const pin of pinned.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))) {
    if (shown.has(pin.inode)) continue;
    const count = (counts.get(pin.kind) ?? 0) + 1;
    counts.set(pin.kind, count);
    if (count > mostHeld) cut = true;
    else shown.set(pin.inode, pin);
  }
  return { shown, cut };
}

/** As much as is shown of what a learner chose; never half a character. */
export function shown(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const shownOrNull = (text: string | undefined, length: number): string | null =>
  text === undefined ? null : shown(text, length);
