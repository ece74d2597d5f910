import type { NamespaceKind } from '@tatami/protocol';
import { type Area, byAreaAge, withInside } from './areas.ts';
import { type AreasRow, type Folding, mostOpenedAreas } from './fold.ts';
import { ageOf, kinds } from './kinds.ts';

/** Areas of one shape from this many on are one line. */
const alikeFrom = 6;

/** What is drawn by itself, and what is only counted, of the areas inside one. */
export interface FoldedAreas {
  shown: Area[];
  rows: AreasRow[];
}

/**
 * Areas that look alike as one line when there are many. What a terminal stands in, what is pointed at and
 * what shares with others stays as it is.
 */
export function foldAreas(around: Area, folding: AreaFolding): FoldedAreas {
  const { id, inside } = around;
  const shapes = new Map<string, Area[]>();
  for (const area of inside) {
    if (isTold(area, folding)) continue;
    const isOfMachine = folding.compact && beganWith(around, area);
    const shape = `${isOfMachine ? 'machine ' : ''}${shapeOf(area)}`;
    shapes.set(shape, [...(shapes.get(shape) ?? []), area]);
  }
  const hidden = new Set<Area>();
  const rows: AreasRow[] = [];
  for (const [shape, alike] of shapes) {
    if (alike.length < alikeFrom && !shape.startsWith('machine ')) continue;
    const foldId = `areas ${shape} ${id}`;
    const opened = folding.opened.has(foldId);
    const areas = alike.toSorted(byAreaAge);
    for (const area of areas.slice(opened ? mostOpenedAreas : 0)) hidden.add(area);
    rows.push({
      ...{ type: 'areas', id: foldId, areas, opened, kinds: allKinds(alike) },
      processes: areas.flatMap(processesIn),
    });
  }
  return { shown: inside.filter((area) => !hidden.has(area)), rows };
}

/** What is unfolded and pointed at, and `hostsOf` the drawing. */
export interface AreaFolding extends Pick<Folding, 'opened' | 'pointedAt'> {
  hosts: ReadonlySet<Area>;
  /** There is little room: what the machine began with is a line too. */
  compact: boolean;
}

/** All areas of a drawing that others share something of. */
export const hostsOf = (all: Area[]): Set<Area> =>
  new Set(all.flatMap(({ own }) => own.flatMap(({ home }) => home ?? [])));

/** Whether an area's first process was started with that of the machine. */
function beganWith({ id, processes: [init] }: Area, { processes: [first] }: Area): boolean {
  if (id !== 'machine' || !init || !first) return false;
  const [[begin], [then]] = [ageOf(init), ageOf(first)];
  return then - begin < ticksOfStart;
}
/** A second (USER_HZ, proc_pid_stat(5)). */
const ticksOfStart = 100;

const isTold = (area: Area, folding: AreaFolding): boolean =>
  folding.pointedAt.has(area.id) ||
  folding.hosts.has(area) ||
  area.own.some(({ home }) => home !== null) ||
  area.processes.some(({ id, terminals }) => terminals.length > 0 || folding.pointedAt.has(id)) ||
  area.inside.some((one) => isTold(one, folding));

/** Its kinds, whether anybody is in it, whether it is a container's, and the same of all inside it. */
const shapeOf = (area: Area): string =>
  [
    area.container === null ? '' : 'container ',
    area.processes.length === 0 ? 'empty ' : '',
    ownKinds(area).join(','),
    ...area.inside.map((one) => `(${shapeOf(one)})`).sort(),
  ].join('');

const ownKinds = ({ own }: Area): NamespaceKind[] => own.map(({ kind }) => kind);

const allKinds = (areas: Area[]): NamespaceKind[] => {
  const found = new Set(areas.slice(0, 1).flatMap(withInside).flatMap(ownKinds));
  return kinds.filter((kind) => found.has(kind));
};

const processesIn = (area: Area): Area['processes'] =>
  withInside(area).flatMap(({ processes }) => processes);
