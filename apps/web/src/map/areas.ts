import type {
  MapName,
  MapNamespace,
  MapPicture,
  MapProcess,
  NamespaceKind,
} from '@tatami/protocol';
import { byAge, kinds, machineInodes, machinePid, programOf } from './kinds.ts';

/** What an area is called; the words around it are the interface's. */
export type AreaName = MapName;

/** A namespace in which an area differs from what is around it. */
export interface OwnNamespace {
  kind: NamespaceKind;
  inode: number;
  /** The area that had it before: this one's processes came in, it is drawn there. Null: it is at home here. */
  home: Area | null;
  heldAt: string | null;
}

/** Processes that have the same namespaces, inside those they share some with. */
export interface Area {
  /** By the inodes in which it differs from the machine: the same for as long as they live. */
  id: string;
  name: AreaName;
  container: string | null;
  own: OwnNamespace[];
  /** In which it differs from the machine. */
  differs: Map<NamespaceKind, number>;
  /** Oldest first. */
  processes: MapProcess[];
  around: Area | null;
  inside: Area[];
}

/** The machine with everything in it. */
export interface Areas {
  machine: Area;
  /** Each before what is inside it. */
  all: Area[];
  /** By process. */
  of: Map<string, Area>;
  /** Where a namespace that is not the machine's is drawn, by inode. */
  homes: Map<number, Area>;
}

/** Nested areas of a picture: an area is inside another when it was built on the other's namespaces. */
export function areasOf(picture: MapPicture): Areas {
  const machineNs = machineInodes(picture);
  const groups = new Map<string, Area>([['machine', emptyArea('machine', new Map())]]);
  const of = new Map<string, Area>();
  for (const process of picture.processes.toSorted(byAge)) {
    const differs = differences(process, machineNs);
    const id = [...differs].map(([kind, inode]) => `${kind}:${inode}`).join(' ') || 'machine';
    const area = groups.get(id) ?? emptyArea(id, differs);
    groups.set(id, area);
    area.processes.push(process);
    of.set(process.id, area);
  }
  const [machine, ...others] = [...groups.values()] as [Area, ...Area[]];
  const byId = new Map(picture.processes.map((one) => [one.id, one]));
  const first = firstOf(picture.processes);
  const family = { byId, of, eldest: eldestOf(others), machine, first };
  for (const area of others) area.around = surrounding(area, family);
  const held = unpeopled(picture.namespaces, picture.processes).map((one) =>
    heldArea(one, machine),
  );
  for (const area of [...others, ...held]) area.around?.inside.push(area);
  const homes = settle([...others, ...held], picture.namespaces);
  for (const area of groups.values()) nameArea(area, picture.namespaces, machineNs.uts);
  return { machine, all: withInside(machine), of, homes };
}

function eldestOf(areas: Area[]): Map<number, Area> {
  const eldest = new Map<number, Area>();
  for (const area of areas.toSorted(byAreaAge))
    for (const inode of area.differs.values()) if (!eldest.has(inode)) eldest.set(inode, area);
  return eldest;
}

function firstOf(processes: MapProcess[]): Map<number, MapProcess> {
  const first = new Map<number, MapProcess>();
  for (const process of processes.toSorted(byAge))
    for (const inode of Object.values(process.ns)) if (!first.has(inode)) first.set(inode, process);
  return first;
}

const emptyArea = (id: string, differs: Area['differs']): Area => ({
  ...{ id, differs, name: { type: 'machine', text: '' }, container: null },
  ...{ own: [], processes: [], around: null, inside: [] },
});

const differences = ({ ns }: MapProcess, machineNs: Partial<Record<NamespaceKind, number>>) =>
  new Map(
    kinds.flatMap((kind): [NamespaceKind, number][] =>
      ns[kind] === undefined || ns[kind] === machineNs[kind] ? [] : [[kind, ns[kind]]],
    ),
  );

/**
 * Whether an area was made from another: it has all that sets the other apart, or something newer in its
 * place, and at least one of these still, or a pid namespace below the other's (pid_namespaces(7)). What
 * came in by setns(2) was not made from where it is now.
 */
function isMadeFrom(inner: Area, outer: Area, first: Map<number, MapProcess>): boolean {
  const own = (inode: number) => inner.processes.includes(first.get(inode) as MapProcess);
  const entries = [...outer.differs].map(([kind, inode]) => ({
    ...{ kind, inode },
    now: inner.differs.get(kind),
  }));
  return (
    entries.every(({ inode, now }) => now !== undefined && (now === inode || own(now))) &&
    entries.some(
      ({ kind, inode, now }) => now === inode || (kind === 'pid' && isDeeper(inner, outer)),
    ) &&
    [...inner.differs].some(([kind, inode]) => outer.differs.get(kind) !== inode)
  );
}

/** Numbers in more pid namespaces: of what descends from the other's processes, all that they have and its own. */
const isDeeper = (inner: Area, outer: Area): boolean =>
  (inner.processes[0]?.pids.length ?? 0) > (outer.processes[0]?.pids.length ?? 0);

interface Family {
  byId: Map<string, MapProcess>;
  of: Map<string, Area>;
  /** The oldest area that differs from the machine in an inode. */
  eldest: Map<number, Area>;
  machine: Area;
  /** The oldest process of each namespace. */
  first: Map<number, MapProcess>;
}

/**
 * Where its first process came from, not who has fewer namespaces of it: what entered a container's
 * net namespace alone has fewer, but the container was not made from it.
 */
function surrounding(area: Area, { byId, of, eldest, machine, first }: Family): Area {
  const [oldest] = area.processes;
  if (!oldest) return machine;
  const parentOf = ({ parent }: MapProcess) => (parent === null ? undefined : byId.get(parent));
  const seen = new Set<MapProcess>();
  const parent = parentOf(oldest);
  for (let one = parent; one && !seen.has(one); one = parentOf(one)) {
    seen.add(one);
    const outer = of.get(one.id);
    if (outer && outer !== area && isMadeFrom(area, outer, first)) return outer;
  }
  // An orphan of the machine's PID 1 does not tell any more: what is older may be what it was made from.
  if (parent && machinePid(parent) !== 1) return machine;
  const akin = [...area.differs.values()].flatMap((inode) => eldest.get(inode) ?? []);
  const older = akin.filter((one) => one !== area && isMadeFrom(area, one, first));
  return older.sort((a, b) => b.differs.size - a.differs.size)[0] ?? machine;
}

/** By the oldest process; what nobody is in comes last. */
export function byAreaAge({ processes: [a] }: Area, { processes: [b] }: Area): number {
  return a && b ? byAge(a, b) : Number(!a) - Number(!b);
}

/** Namespaces that a mount holds and nobody is in. */
function unpeopled(namespaces: MapNamespace[], processes: MapProcess[]): MapNamespace[] {
  const peopled = new Set(processes.flatMap(({ ns }) => Object.values(ns)));
  return namespaces.filter(({ inode, machine }) => !machine && !peopled.has(inode));
}

function heldArea({ kind, inode, heldAt }: MapNamespace, machine: Area): Area {
  const area = emptyArea(`${kind}:${inode}`, new Map([[kind, inode]]));
  const text = heldAt?.split('/').at(-1) || String(inode);
  return { ...area, name: { type: 'held', text }, around: machine };
}

/** Says of each area what it adds to what is around it, and who had that before. */
function settle(areas: Area[], namespaces: MapNamespace[]): Map<number, Area> {
  const homes = new Map<number, Area>();
  const heldAt = new Map(namespaces.map((one) => [one.inode, one.heldAt]));
  const isOwn = (area: Area, [kind, inode]: [NamespaceKind, number]) =>
    area.around?.differs.get(kind) !== inode;
  // What the runtime started was there before whoever came in, also by a process that is older.
  const bySeniority = (a: Area, b: Area) =>
    Number(!a.processes[0]?.container) - Number(!b.processes[0]?.container) ||
    (a.processes[0] && b.processes[0] ? byAge(a.processes[0], b.processes[0]) : 0);
  for (const area of areas.toSorted(bySeniority))
    for (const entry of area.differs) {
      const [kind, inode] = entry;
      if (!isOwn(area, entry)) continue;
      const home = homes.get(inode) ?? null;
      if (!home) homes.set(inode, area);
      area.own.push({ kind, inode, home, heldAt: heldAt.get(inode) ?? null });
    }
  return homes;
}

function nameArea(area: Area, namespaces: MapNamespace[], machineUts: number | undefined): void {
  const uts = area.differs.get('uts') ?? machineUts;
  const hostname = namespaces.find(({ inode }) => inode === uts)?.hostname ?? null;
  const [first] = area.processes;
  if (area.id === 'machine') {
    area.name = { type: 'machine', text: hostname ?? '' };
    return;
  }
  if (!first) return;
  const homely = area.own.filter(({ home }) => home === null);
  const held = homely.find((one) => one.heldAt !== null)?.heldAt;
  const ownsUts = homely.some(({ kind }) => kind === 'uts');
  const machineName = namespaces.find(({ inode }) => inode === machineUts)?.hostname;
  if (first.container !== null && homely.length > 0) {
    area.container = first.container;
    area.name = { type: 'container', text: first.container };
  } else if (held) area.name = { type: 'held', text: held.split('/').at(-1) || held };
  else if (ownsUts && hostname !== null && hostname !== machineName)
    area.name = { type: 'hostname', text: hostname };
  else {
    // Who waits outside for its child is not whom one thinks of.
    const known = area.processes.find(({ terminals }) => terminals.length > 0) ?? first;
    area.name = { type: 'process', text: programOf(known.command), pid: machinePid(known) };
  }
}

/** What of an area's own a mount holds; of a container it is the runtime's business. */
export const heldOf = ({ own, container }: Area): (OwnNamespace & { heldAt: string }) | undefined =>
  own.find(
    (one): one is OwnNamespace & { heldAt: string } =>
      container === null && one.home === null && one.heldAt !== null,
  );

/** An area and all in it, each before what is inside it. */
export const withInside = (area: Area): Area[] => [area, ...area.inside.flatMap(withInside)];
