import type { MapPicture, MapProcess } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { situation, situations } from '../../test/situations.ts';
import { areasOf } from './areas.ts';
import { rowsOf } from './fold.ts';
import { type Choice, type Item, layoutOf } from './layout.ts';
import { linksOf } from './links.ts';

const choice: Choice = {
  ...{ width: 900, compact: false, opened: new Set(), pointedAt: new Set() },
};

/** The plain machine with `count` further processes like this one. */
function crowded(count: number, like: (index: number) => Partial<MapProcess>): MapPicture {
  const { picture } = situation('plain');
  const shell = picture.processes.find(({ terminals }) => terminals.includes('1'));
  if (!shell) throw new Error('the plain machine has a shell');
  const more = Array.from({ length: count }, (_, index): MapProcess => {
    const pid = 1000 + index;
    return { ...shell, id: `${pid}.${pid * 10}`, pids: [pid], terminals: [], ...like(index) };
  });
  return { ...picture, processes: [...picture.processes, ...more] };
}

const overlaps = (a: Item, b: Item) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each(situations().map((one) => [one.name, one.picture] as const))('%s', (_, picture) => {
  for (const width of [350, 740, 1400])
    test(`at ${width}: everything has a place of its own inside its area`, () => {
      const { items } = layoutOf(areasOf(picture), { ...choice, width });
      const rows = items.filter(({ type }) => type === 'row');
      for (const [index, row] of rows.entries())
        for (const other of rows.slice(index + 1)) expect(overlaps(row, other)).toBe(false);
      for (const item of items) {
        const area = item.type === 'row' ? item.area : item.area.around;
        const around = items.find(({ id }) => id === area?.id);
        if (!around) continue;
        expect(item.x).toBeGreaterThanOrEqual(around.x);
        expect(item.y).toBeGreaterThanOrEqual(around.y);
        expect(item.x + item.width).toBeLessThanOrEqual(around.x + around.width);
        expect(item.y + item.height).toBeLessThanOrEqual(around.y + around.height);
      }
    });

  test('is the same for the same picture, and draws every process once', () => {
    const areas = areasOf(picture);
    expect(layoutOf(areas, choice)).toEqual(layoutOf(areasOf(picture), choice));
    const drawn = layoutOf(areas, choice).items.flatMap((item) => {
      if (item.type === 'area') return [];
      return item.row.type === 'process' ? [item.row.process] : item.row.processes;
    });
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(drawn).toHaveLength(picture.processes.length);
  });
});

test('what stays keeps its place when others come and go', () => {
  const before = layoutOf(areasOf(situation('unshare-fork').picture), choice);
  const picture = structuredClone(situation('unshare-fork').picture);
  picture.processes = picture.processes.filter(({ command }) => !command.startsWith('sudo'));
  const after = layoutOf(areasOf(picture), choice, before.places);
  for (const item of after.items) {
    const old = before.items.find(({ id }) => id === item.id);
    expect([item.id, item.x]).toEqual([old?.id, old?.x]);
  }
});

test('two hundred sleeps are one line until it is opened', () => {
  const picture = crowded(200, () => ({ command: 'sleep 1000' }));
  const { machine } = areasOf(picture);
  const folding = { opened: new Set<string>(), pointedAt: new Set<string>(), mostRows: 12 };
  const rows = rowsOf(machine, folding);
  const fold = rows.find(({ type }) => type === 'same');
  expect(rows.length).toBeLessThan(6);
  expect(fold?.type === 'same' && fold.processes).toHaveLength(200);
  const opened = rowsOf(machine, { ...folding, opened: new Set([fold?.id ?? '']) });
  expect(opened.length).toBeGreaterThan(60);
  const pointed = rowsOf(machine, { ...folding, pointedAt: new Set(['1007.10070']) });
  expect(pointed.some(({ id }) => id === '1007.10070')).toBe(true);
});

test('many different programs end in one line that counts them', () => {
  const picture = crowded(80, (index) => ({ command: `program-${index}` }));
  const { items } = layoutOf(areasOf(picture), choice);
  expect(items.length).toBeLessThan(20);
  const more = items.flatMap((item) =>
    item.type === 'row' && item.row.type === 'more' ? item.row.processes : [],
  );
  expect(more.length).toBeGreaterThan(60);
});

test('a guest stands right below its host, with a bridge of the shared kind', () => {
  const layout = layoutOf(areasOf(situation('nsenter-net').picture), choice);
  const bridges = linksOf(layout).filter(({ type }) => type === 'bridge');
  expect(bridges.map(({ kinds }) => kinds)).toEqual([['net']]);
  const box = (name: string) =>
    layout.items.find((item) => item.type === 'area' && item.area.name.text === name);
  const [host, guest] = [box('test-nginx'), box('bash')];
  expect(guest?.x).toBe(host?.x);
  expect(guest && host && guest.y - host.y - host.height).toBeLessThan(30);
});

test('two doors to one place share a line, and none lies over the other', () => {
  const doors = linksOf(layoutOf(areasOf(situation('nsenter-all').picture), choice));
  const [first, second] = doors.map(({ path }) =>
    [...path.matchAll(/V([\d.]+)/g)].map(([, y]) => y),
  );
  const [, start] = doors[1]?.path.match(/^M[\d.]+ ([\d.]+)/) ?? [];
  expect(doors).toHaveLength(2);
  expect(first).toEqual([start]);
  expect(second).not.toEqual([start]);
});

test('a door leads from unshare to where its children are', () => {
  const { picture } = situation('unshare-fork');
  const unshare = picture.processes.find(({ command }) => command.startsWith('unshare'));
  const doors = linksOf(layoutOf(areasOf(picture), choice));
  expect(doors.map(({ id }) => id)).toEqual([`door ${unshare?.id}`]);
});
