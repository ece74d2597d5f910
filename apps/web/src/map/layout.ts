import { type Area, type Areas, heldOf } from './areas.ts';
import { type Chip, chipsOf } from './chips.ts';
import { type Folding, hasDoor, type Row, rowsOf } from './fold.ts';
import { type FoldedAreas, foldAreas, hostsOf } from './fold-areas.ts';
import { type Places, placed } from './places.ts';

/** Where something is drawn, in the drawing's own units. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface AreaBox extends Box {
  type: 'area';
  id: string;
  area: Area;
  depth: number;
  chips: Chip[];
  /** Where the sentences begin, such as with whom it shares. */
  notesY: number;
}
export interface RowBox extends Box {
  type: 'row';
  id: string;
  row: Row;
  area: Area;
  depth: number;
}
export type Item = AreaBox | RowBox;

/** A whole drawing. `places` makes the next one keep what is where. */
export interface Layout {
  width: number;
  height: number;
  /** In reading order: an area, its lines, what is inside it. */
  items: Item[];
  places: Places;
}

export interface Choice extends Omit<Folding, 'mostRows'> {
  width: number;
  /** Beside terminals: what is not the learner's doing takes little room. */
  compact: boolean;
}

export const size = {
  pad: 12,
  gap: 8,
  /** Left of what came in: room for the bridge to what it shares. */
  gutter: 26,
  bridge: 22,
  name: 24,
  chips: 26,
  note: 18,
  row: 28,
  door: 20,
  column: 264,
  /** However deep it is: then the drawing gets wider than the room for it. */
  least: 180,
} as const;

/** Whose namespace an area came into: it is drawn right below that one. */
export const hostOf = ({ own, around }: Area): Area | null =>
  own.find(({ home }) => home !== null && home.around === around)?.home ?? null;

/** Sentences that an area's header has: with whom it shares, and where it is held. */
export const notesOf = (area: Area): number =>
  new Set(area.own.flatMap(({ home }) => home ?? [])).size + (heldOf(area) ? 1 : 0);

/** An area with more lines than this says only how many there are. */
const mostRowsOfArea = 12;
const mostCompactRows = 4;
const rowGap = 4;

interface Measured {
  width: number;
  height: number;
  items: Item[];
}

/** Places the areas of a picture for a width; nothing that stays moves unless it has to. */
export function layoutOf(
  { machine, all }: Areas,
  choice: Choice,
  before: Places = new Map(),
): Layout {
  const places: Places = new Map();
  const context = { choice, before, places, hosts: hostsOf(all) };
  return { ...measure(machine, choice.width, 0, context), places };
}

interface Context {
  choice: Choice;
  before: Places;
  places: Places;
  hosts: ReadonlySet<Area>;
}

function measure(area: Area, most: number, depth: number, context: Context): Measured {
  const inner = Math.max(most - 2 * size.pad, size.least);
  const chips = chipsOf(area.own, inner);
  const notesY = size.pad + size.name + chips.rows * size.chips;
  const headHeight = notesY + notesOf(area) * size.note;
  const folded = foldAreas(area, { ...context.choice, hosts: context.hosts });
  const lines = rowBoxes(area, folded, inner, depth, context);
  const blocks = insideBlocks(area, folded, inner, depth, context);
  const shelves = shelve(blocks, inner);
  const isMachine = depth === 0;
  const content = Math.max(lines.width, shelves.width, chips.width, Math.min(inner, size.column));
  const width = Math.max(isMachine ? most : 0, content + 2 * size.pad);
  const linesY = headHeight + 2;
  const shelvesY = linesY + lines.height + (lines.height > 0 ? size.gap : 0);
  const height =
    (shelves.height > 0 ? shelvesY + shelves.height : linesY + lines.height) + size.pad;
  const stretched =
    lines.columns === 1 && !isMachine
      ? lines.items.map((item) => ({ ...item, width: content }))
      : lines.items;
  const own: AreaBox = {
    ...{ type: 'area', id: area.id, area, depth, notesY, chips: chips.chips },
    ...{ x: 0, y: 0, width, height },
  };
  return {
    ...{ width, height },
    items: [
      own,
      ...moved(stretched, size.pad, linesY),
      ...moved(shelves.items, size.pad, shelvesY),
    ],
  };
}

const moved = (items: Item[], x: number, y: number): Item[] =>
  items.map((item) => ({ ...item, x: item.x + x, y: item.y + y }));

/** Lines in columns; each keeps its cell while it lives, and a free cell is taken by the next. */
function rowBoxes(
  area: Area,
  folded: FoldedAreas,
  inner: number,
  depth: number,
  context: Context,
): Measured & { columns: number } {
  const { choice, before, places } = context;
  const mostRows = choice.compact && depth === 0 ? mostCompactRows : mostRowsOfArea;
  const rows: Row[] = [...rowsOf(area, { ...choice, mostRows }), ...folded.rows];
  const cells = placed(
    rows.map(({ id }) => id),
    before.get(area.id),
  );
  places.set(area.id, cells);
  const fitting = Math.max(1, Math.floor((inner + size.gap) / (size.column + size.gap)));
  const columns =
    depth === 0 ? fitting : Math.min(fitting, rows.length > 12 ? 3 : rows.length > 4 ? 2 : 1);
  const width = Math.min(size.column, inner);
  const heights: number[] = [];
  for (const row of rows) {
    const line = Math.floor((cells.get(row.id) ?? 0) / columns);
    heights[line] = Math.max(heights[line] ?? 0, rowHeight(row));
  }
  const top = (line: number) =>
    heights.slice(0, line).reduce((sum, height) => sum + (height ?? 0) + rowGap, 0);
  const items = rows.map((row): RowBox => {
    const cell = cells.get(row.id) ?? 0;
    const x = (cell % columns) * (size.column + size.gap);
    const box = { x, y: top(Math.floor(cell / columns)), width, height: rowHeight(row) };
    return { ...{ type: 'row', id: row.id, row, area, depth: depth + 1 }, ...box };
  });
  const used = Math.max(0, ...items.map((item) => item.x + item.width));
  return {
    items: items.sort(byReading),
    width: used,
    height: Math.max(0, top(heights.length) - rowGap),
    columns,
  };
}

const byReading = (a: Box, b: Box) => a.y - b.y || a.x - b.x;

export const rowHeight = (row: Row): number =>
  row.type === 'process' && hasDoor(row.process) ? size.row + size.door : size.row;

/** What is inside an area: each with those below it that came into one of its namespaces. */
function insideBlocks(
  area: Area,
  { shown }: FoldedAreas,
  inner: number,
  depth: number,
  context: Context,
): Measured[] {
  const order = placed(
    shown.map(({ id }) => id),
    context.before.get(`in ${area.id}`),
  );
  context.places.set(`in ${area.id}`, order);
  const sorted = shown.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  const hostIn = (one: Area): Area => {
    const seen = new Set([one]);
    for (let host = hostOf(one); host && !seen.has(host); host = hostOf(one)) {
      seen.add(host);
      one = host;
    }
    return one;
  };
  const hosts = sorted.filter((one) => hostIn(one) === one);
  return hosts.map((host) => {
    const guests = sorted.filter((one) => one !== host && hostIn(one) === host);
    const left = guests.length > 0 ? size.gutter : 0;
    const boxes = [host, ...guests].map((one) => measure(one, inner - left, depth + 1, context));
    let y = 0;
    const items = boxes.flatMap((box) => {
      const here = moved(box.items, left, y);
      y += box.height + size.bridge;
      return here;
    });
    const width = left + Math.max(...boxes.map((box) => box.width));
    return { items, width, height: y - size.bridge };
  });
}

/** Blocks side by side as long as there is room, then below. */
function shelve(blocks: Measured[], inner: number): Measured {
  const items: Item[] = [];
  let [x, y, shelf, widest] = [0, 0, 0, 0];
  for (const block of blocks) {
    if (x > 0 && x + block.width > inner) [x, y, shelf] = [0, y + shelf + size.gap, 0];
    items.push(...moved(block.items, x, y));
    shelf = Math.max(shelf, block.height);
    widest = Math.max(widest, x + block.width);
    x += block.width + size.gap;
  }
  return { items, width: widest, height: y + shelf };
}
