import { describe, expect, test } from 'vitest';
import { Crowd } from '../../test/crowds.ts';
import { areasOf } from './areas.ts';
import type { AreasRow } from './fold.ts';
import { type Choice, type Layout, layoutOf } from './layout.ts';

const choice: Choice = {
  ...{ width: 900, compact: false, opened: new Set(), pointedAt: new Set() },
};
const areaFolds = ({ items }: Layout): AreasRow[] =>
  items.flatMap((item) => (item.type === 'row' && item.row.type === 'areas' ? [item.row] : []));
const areaNames = ({ items }: Layout): string[] =>
  items.flatMap((item) => (item.type === 'area' ? [item.area.name.text] : []));

describe('a hundred namespaces', () => {
  test('that a mount holds are one line, which counts them; opened, it says what it leaves out', () => {
    const crowd = new Crowd();
    for (let n = 0; n < 100; n++) crowd.namespace('net', { heldAt: `/run/netns/net-${n}` });
    const areas = areasOf(crowd.picture);
    const folded = layoutOf(areas, choice);
    const [fold] = areaFolds(folded);
    expect(fold?.areas).toHaveLength(100);
    expect(fold?.kinds).toEqual(['net']);
    expect(folded.items.length).toBeLessThan(12);
    const opened = layoutOf(areas, { ...choice, opened: new Set([fold?.id ?? '']) });
    expect(areaNames(opened).filter((name) => name.startsWith('net-'))).toHaveLength(24);
  });

  test('of unshare in a loop are two lines: who waits, and what is inside', () => {
    const crowd = new Crowd();
    for (let n = 0; n < 100; n++) crowd.unshare('sleep 1000', []);
    const { items } = layoutOf(areasOf(crowd.picture), choice);
    const folds = items.flatMap((item) =>
      item.type === 'row' && item.row.type !== 'process' ? [item.row] : [],
    );
    expect(folds.map(({ type, processes }) => [type, processes.length])).toEqual([
      ['same', 100],
      ['areas', 100],
    ]);
    expect(items.length).toBeLessThan(12);
  });

  test('with namespaces inside them are one line that names all kinds', () => {
    const crowd = new Crowd();
    for (let n = 0; n < 100; n++) crowd.unshare('sleep 1000', ['mnt', 'uts']);
    const layout = layoutOf(areasOf(crowd.picture), choice);
    const [fold] = areaFolds(layout);
    expect(fold?.kinds).toEqual(['pid', 'mnt', 'uts']);
    expect(fold?.processes).toHaveLength(200);
  });

  test('leave drawn where a terminal stands, what is pointed at, and what others came into', () => {
    const crowd = new Crowd();
    const firsts = Array.from({ length: 20 }, () => crowd.unshare('bash', ['net']));
    const [stood, pointed, host] = firsts;
    if (!stood || !pointed || !host) throw new Error('twenty were made');
    stood.terminals = ['3'];
    const ns = { ...crowd.shell.ns, net: host.ns.net, uts: crowd.namespace('uts') };
    crowd.process({ command: 'nsenter', ns });
    const areas = areasOf(crowd.picture);
    const layout = layoutOf(areas, { ...choice, pointedAt: new Set([pointed.id]) });
    expect(areaFolds(layout).map((fold) => fold.areas.length)).toEqual([17]);
    const drawn = new Set(
      layout.items.flatMap((item) =>
        item.type === 'row' && item.row.type === 'process' ? [item.row.id] : [],
      ),
    );
    for (const { id } of [stood, pointed, host]) expect(drawn).toContain(id);
  });
});

test('pid namespaces lie inside each other as deep as they were made, with room for their words', () => {
  const crowd = new Crowd();
  let inner = crowd.shell;
  const depth = 30;
  for (let n = 0; n < depth; n++) inner = crowd.unshare('bash', [], inner);
  const { items, width } = layoutOf(areasOf(crowd.picture), { ...choice, width: 350 });
  const areas = items.filter(({ type }) => type === 'area');
  expect(Math.max(...areas.map((item) => item.depth))).toBe(depth);
  for (const item of items) {
    expect(item.width).toBeGreaterThanOrEqual(180);
    expect(item.x + item.width).toBeLessThanOrEqual(width);
  }
});

test('where there is little room, what the machine began with is a line', () => {
  const areas = areasOf(new Crowd().picture);
  const [fold] = areaFolds(layoutOf(areas, { ...choice, compact: true }));
  expect(fold?.areas.map(({ name }) => name.text)).toEqual(['internet']);
  expect(areaFolds(layoutOf(areas, choice))).toEqual([]);
});

test('forty programs of four each are no more lines than an area has', () => {
  const crowd = new Crowd();
  for (let n = 0; n < 160; n++) crowd.process({ command: `program-${n % 40} ${n}` });
  const { items } = layoutOf(areasOf(crowd.picture), choice);
  expect(items.length).toBeLessThan(18);
});
