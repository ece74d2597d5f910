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
  return [...bridges, ...doors];
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

function doorOf({ row, area, x, y, width, height }: RowBox, boxes: Map<string, AreaBox>): Link[] {
  if (row.type !== 'process' || !hasDoor(row.process)) return [];
  const { id, pidForChildren } = row.process;
  const target = [...boxes.values()].find(({ area: other }) =>
    other.own.some(({ inode, home }) => inode === pidForChildren && home === null),
  );
  if (!target || target.area === area) return [];
  // Along the edges, so that no line crosses another row's words.
  if (target.y >= y + height) {
    const start = { x, y: y + height - doorAbovePx };
    const end = { x: target.x, y: target.y + size.pad + size.name / 2 };
    const left = Math.min(x, target.x) - besidePx;
    const path = `M${start.x} ${start.y}H${left}V${end.y}H${end.x}`;
    return [{ id: `door ${id}`, type: 'door', kinds: ['pid'], path, ends: [start, end] }];
  }
  const start = { x: x + width, y: y + height - doorAbovePx };
  const end = { x: target.x + target.width, y: target.y + size.pad + size.name / 2 };
  const right = Math.max(start.x, end.x) + besidePx;
  const path = `M${start.x} ${start.y}H${right}V${end.y}H${end.x}`;
  return [{ id: `door ${id}`, type: 'door', kinds: ['pid'], path, ends: [start, end] }];
}
