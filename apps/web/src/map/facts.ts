import type {
  MapDeed,
  MapNamespace,
  MapPicture,
  MapProcess,
  NamespaceKind,
} from '@tatami/protocol';
import { type Area, type AreaName, type Areas, areasOf } from './areas.ts';
import { byAge, insidePid, kinds, machineInodes, machinePid, programOf } from './kinds.ts';

/** One namespace of a process: whose it is, and who else is in it. */
export interface Membership {
  kind: NamespaceKind;
  inode: number;
  machine: boolean;
  /** Other areas that have it; not said of the machine's own. */
  sharedWith: Area[];
}

/** What the map, its card and its table say of a process. */
export interface ProcessFacts {
  process: MapProcess;
  program: string;
  pid: number;
  inside: number | null;
  parent: MapProcess | null;
  area: Area;
  memberships: Membership[];
  /** Where its children are born: its own pid namespace, another (by its area, if it is drawn), nobody's yet. */
  children: 'own' | 'nobody' | { inode: number; area: Area | null };
}

/** What they say of a namespace; `owner` as in lsns(8): its oldest process. */
export interface NamespaceFacts extends MapNamespace {
  count: number;
  owner: MapProcess | null;
}

/** All that is known of one moment, for whatever shows it. */
export interface Facts {
  picture: MapPicture;
  areas: Areas;
  /** By process, oldest first. */
  processes: Map<string, ProcessFacts>;
  /** By kind, then inode. */
  namespaces: NamespaceFacts[];
}

/** The one model behind the map and its table. */
export function factsOf(picture: MapPicture): Facts {
  const areas = areasOf(picture);
  const byId = new Map(picture.processes.map((one) => [one.id, one]));
  const members = membersOf(picture);
  const areasIn = (inode: number) => [
    ...new Set((members.get(inode) ?? []).flatMap(({ id }) => areas.of.get(id) ?? [])),
  ];
  const of = new Map(picture.namespaces.map(({ inode }) => [inode, areasIn(inode)]));
  const processes = picture.processes.toSorted(byAge).map((process): ProcessFacts => {
    const area = areas.of.get(process.id) ?? areas.machine;
    return {
      ...{ process, area, program: programOf(process.command) },
      ...{ pid: machinePid(process), inside: insidePid(process) },
      parent: (process.parent !== null && byId.get(process.parent)) || null,
      memberships: kinds.map((kind) => membership(kind, process, area, of)),
      children: childrenOf(process, areas),
    };
  });
  const namespaces = picture.namespaces.map((one) => {
    const inIt = members.get(one.inode) ?? [];
    return { ...one, count: inIt.length, owner: inIt.toSorted(byAge)[0] ?? null };
  });
  return {
    ...{ picture, areas },
    processes: new Map(processes.map((one) => [one.process.id, one])),
    namespaces: namespaces.sort(
      (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.inode - b.inode,
    ),
  };
}

function membersOf({ processes }: MapPicture): Map<number, MapProcess[]> {
  const members = new Map<number, MapProcess[]>();
  for (const process of processes)
    for (const inode of Object.values(process.ns)) {
      const list = members.get(inode);
      if (list) list.push(process);
      else members.set(inode, [process]);
    }
  return members;
}

function membership(
  kind: NamespaceKind,
  { ns }: MapProcess,
  area: Area,
  areasIn: Map<number, Area[]>,
): Membership {
  const machine = !area.differs.has(kind);
  const sharedWith = machine ? [] : (areasIn.get(ns[kind]) ?? []).filter((one) => one !== area);
  return { kind, inode: ns[kind], machine, sharedWith };
}

function childrenOf({ pidForChildren, ns }: MapProcess, areas: Areas): ProcessFacts['children'] {
  if (pidForChildren === null) return 'nobody';
  if (pidForChildren === ns.pid) return 'own';
  return { inode: pidForChildren, area: areas.homes.get(pidForChildren) ?? null };
}

/** Something that is said of a process or a namespace, in a form that map and table can be compared by. */
export const fact = (subject: string | number, name: string, value: string | number): string =>
  `${subject} ${name} ${encodeURIComponent(String(value))}`;

/** Facts as an attribute of the element that shows them. */
export const shows = (...facts: string[]) =>
  facts.length > 0 ? { 'data-facts': facts.join('; ') } : {};

/** What a deed did, where and to whom, as far as the picture after it tells. */
export interface DeedFacts {
  deed: MapDeed;
  program: string;
  /** Of `entered`: whose namespaces those are. */
  target: AreaName | null;
}

const wrappers = /^(?:sudo|doas|exec|command|env)$/;

/** The program that a typed line is about: `unshare` of `sudo unshare --pid bash`. */
export function toldProgram(command: string): string {
  const words = command.trim().split(/\s+/);
  const at = words.findIndex((word) => !wrappers.test(word) && !word.startsWith('-'));
  return programOf(words[at] ?? command);
}

/** Reads a deed in a picture of its moment or after it. */
export function deedFacts(deed: MapDeed, { picture, areas }: Facts): DeedFacts {
  const machineNs = machineInodes(picture);
  const owners = deed.kinds.flatMap((kind) => {
    const inode = deed.ns[kind];
    if (inode === undefined) return [];
    return (inode === machineNs[kind] ? areas.machine : areas.homes.get(inode)) ?? [];
  });
  return {
    ...{ deed, program: toldProgram(deed.command) },
    target:
      deed.what === 'entered' ? (deed.whose ?? bestKnown(owners.map(({ name }) => name))) : null,
  };
}

/** The name that a reader knows best. */
function bestKnown(names: AreaName[]): AreaName | null {
  const order: AreaName['type'][] = ['container', 'hostname', 'held', 'machine', 'process'];
  return names.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type))[0] ?? null;
}
