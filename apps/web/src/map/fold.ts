import type { MapProcess, NamespaceKind } from '@tatami/protocol';
import type { Area } from './areas.ts';
import { programOf } from './kinds.ts';

/** Several areas that look alike as one line (fold-areas.ts). */
export interface AreasRow {
  type: 'areas';
  id: string;
  areas: Area[];
  kinds: NamespaceKind[];
  /** In all of them. */
  processes: MapProcess[];
  opened: boolean;
}

/** A line of the map: a process, or several that are folded into one. */
export type Row =
  | { type: 'process'; id: string; process: MapProcess }
  | AreasRow
  | {
      /** `same`: of one program; `inside`: of a container beside its first; `more`: what is too much. */
      type: 'same' | 'inside' | 'more';
      id: string;
      programs: string[];
      processes: MapProcess[];
      opened: boolean;
    };

/** This many processes of one program are one line. */
const sameFrom = 3;
/** Of a fold that was opened; the table has all. */
const mostOpened = 60;
export const mostOpenedAreas = 24;
/** More doors of one program than this are told by their number. */
const mostDoors = 5;

/** Its children are born in another pid namespace than its own. */
export const hasDoor = ({ pidForChildren, ns }: MapProcess): boolean => pidForChildren !== ns.pid;

/** What is drawn by itself: where a terminal stands, PID 1, a door unless there are many, what is pointed at. */
function standing(processes: MapProcess[], pointedAt: ReadonlySet<string>): Set<MapProcess> {
  const doors = grouped(processes.filter(hasDoor));
  return new Set(
    processes.filter(
      (process) =>
        process.terminals.length > 0 ||
        process.pids.at(-1) === 1 ||
        pointedAt.has(process.id) ||
        (hasDoor(process) && (doors.get(alike(process))?.length ?? 0) <= mostDoors),
    ),
  );
}

const alike = ({ command, user }: MapProcess): string => `${programOf(command)} ${user}`;

function grouped(processes: MapProcess[]): Map<string, MapProcess[]> {
  const groups = new Map<string, MapProcess[]>();
  for (const process of processes) {
    const list = groups.get(alike(process));
    if (list) list.push(process);
    else groups.set(alike(process), [process]);
  }
  return groups;
}

/** How lines are chosen: what is unfolded, what is pointed at, and from how many on the rest is only counted. */
export interface Folding {
  opened: ReadonlySet<string>;
  pointedAt: ReadonlySet<string>;
  mostRows: number;
}

/** The lines of an area, calm with hundreds of processes: every process is in exactly one. */
export function rowsOf(
  { id, container, processes }: Area,
  { opened, pointedAt, mostRows }: Folding,
): Row[] {
  const rows: Row[] = [];
  const single = (process: MapProcess) => rows.push({ type: 'process', id: process.id, process });
  const fold = (type: 'same' | 'inside' | 'more', key: string, list: MapProcess[]) => {
    const foldId = `${type} ${key} ${id}`;
    const isOpen = opened.has(foldId);
    const programs = [...new Set(list.map(({ command }) => programOf(command)))];
    rows.push({ type, id: foldId, programs, processes: list, opened: isOpen });
    if (isOpen) for (const process of list.slice(0, mostOpened)) single(process);
  };
  const stands = standing(processes, pointedAt);
  const others = processes.filter((process) => {
    if (!stands.has(process)) return true;
    single(process);
    return false;
  });
  const isPart = (process: MapProcess) => container !== null && process.container === container;
  const parts = others.filter(isPart);
  if (parts.length > 1) fold('inside', '', parts);
  else for (const part of parts) single(part);
  const rest = others.filter((process) => !isPart(process));
  const few: MapProcess[] = [];
  for (const [key, list] of grouped(rest))
    if ((list.length >= sameFrom || isChain(list)) && rows.length < mostRows)
      fold('same', key, list);
    else few.push(...list);
  // One line that only says "+1" hides as much as it shows.
  const room = Math.max(1, mostRows - rows.length);
  const shown = few.length > room ? room - 1 : few.length;
  for (const process of few.slice(0, shown)) single(process);
  if (shown < few.length) fold('more', '', few.slice(shown));
  return rows;
}

/** A program that waits for itself, as sudo does. */
const isChain = ([first, second]: MapProcess[]): boolean =>
  first !== undefined && second?.parent === first.id && second.command === first.command;

/** How many of a fold stay out even though it is open. */
export function leftOut(row: Row): number {
  if (row.type === 'process' || !row.opened) return 0;
  return row.type === 'areas'
    ? Math.max(0, row.areas.length - mostOpenedAreas)
    : Math.max(0, row.processes.length - mostOpened);
}
