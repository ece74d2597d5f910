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
  const start = { x: x + 14, y: y + height };
  const end = {
    x: Math.max(target.x + 14, Math.min(start.x, target.x + target.width - 14)),
    y: target.y,
  };
  if (end.y < start.y) {
    // It stands above or beside: around the right side.
    const side = { x: x + width, y: y + height - 10 };
    const edge = { x: target.x + target.width, y: target.y + target.height - 12 };
    const right = Math.max(side.x, edge.x) + size.gutter / 2;
    const path = `M${side.x} ${side.y}H${right}V${edge.y}H${edge.x}`;
    return [{ id: `door ${id}`, type: 'door', kinds: ['pid'], path, ends: [side, edge] }];
  }
  const middle = (start.y + end.y) / 2;
  const path = `M${start.x} ${start.y}V${middle}H${end.x}V${end.y}`;
  return [{ id: `door ${id}`, type: 'door', kinds: ['pid'], path, ends: [start, end] }];
}
