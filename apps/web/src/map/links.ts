import type { NamespaceKind } from '@tatami/protocol';
import type { Area } from './areas.ts';
import { hasDoor } from './fold.ts';
import { type AreaBox, type Layout, type RowBox, size } from './layout.ts';

/** A line between two things of a drawing. */
export interface Link {
  id: string;
  /** `bridge`: one came into the other's namespaces; `door`: children of the one are born in the other. */
  type: 'bridge' | 'door';
  kinds: NamespaceKind[];
  path: string;
  /** Ends of a bridge, for the ports. */
  ends: { x: number; y: number }[];
}

/** From the bottom of a line to the middle of its door. */
const doorAbovePx = 14;
const besidePx = 5;

/** Bridges and doors of a drawing, the same for the same drawing. */
export function linksOf({ items }: Layout): Link[] {
  const boxes = new Map(items.flatMap((item) => (item.type === 'area' ? [[item.id, item]] : [])));
  const bridges = [...boxes.values()].flatMap((box) => bridgesOf(box, boxes));
  const doors = items.flatMap((item) => (item.type === 'row' ? doorOf(item, boxes) : []));
  return [...bridges, ...doors.map((door) => doorLink(door, doors))];
}

function bridgesOf(guest: AreaBox, boxes: Map<string, AreaBox>): Link[] {
  const hosts = new Map<Area, NamespaceKind[]>();
  for (const { kind, home } of guest.area.own)
    if (home) hosts.set(home, [...(hosts.get(home) ?? []), kind]);
  return [...hosts].flatMap(([home, kinds]): Link[] => {
    const host = boxes.get(home.id);
    if (!host) return [];
    const start = { x: host.x, y: host.y + size.pad + size.name + size.chips / 2 };
    const end = { x: guest.x, y: guest.y + size.pad + size.name + size.chips / 2 };
    const left = Math.min(start.x, end.x) - size.gutter / 2;
    return [
      {
        ...{ id: `${guest.id} ${home.id}`, type: 'bridge', kinds },
        path: `M${start.x} ${start.y}H${left}V${end.y}H${end.x}`,
        ends: [start, end],
      },
    ];
  });
}

interface Door {
  id: string;
  start: { x: number; y: number };
  end: { x: number; y: number };
  /** Where the line goes up or down, beside the words. */
  x: number;
}

function doorOf({ row, area, x, y, width, height }: RowBox, boxes: Map<string, AreaBox>): Door[] {
  if (row.type !== 'process' || !hasDoor(row.process)) return [];
  const { id, pidForChildren } = row.process;
  const target = [...boxes.values()].find(({ area: other }) =>
    other.own.some(({ inode, home }) => inode === pidForChildren && home === null),
  );
  if (!target || target.area === area) return [];
  const endY = target.y + size.pad + size.name / 2;
  const startY = y + height - doorAbovePx;
  // Along the edges, so that no line crosses another row's words.
  if (target.y >= y + height) {
    const left = Math.min(x, target.x) - besidePx;
    return [{ id, start: { x, y: startY }, end: { x: target.x, y: endY }, x: left }];
  }
  const start = { x: x + width, y: startY };
  const end = { x: target.x + target.width, y: endY };
  return [{ id, start, end, x: Math.max(start.x, end.x) + besidePx }];
}

/** A line to the next door on the same way, so that no two dashed lines lie over each other. */
function doorLink({ id, start, end, x }: Door, doors: Door[]): Link {
  const further = doors
    .filter((one) => one.x === x && one.end.x === end.x && one.end.y === end.y)
    .map((one) => one.start.y)
    .filter((y) => y > start.y && y < end.y);
  const next = Math.min(...further);
  const rest = further.length > 0 ? `V${next}` : `V${end.y}H${end.x}`;
  const path = `M${start.x} ${start.y}H${x}${rest}`;
  return { id: `door ${id}`, type: 'door', kinds: ['pid'], path, ends: [start, end] };
}
