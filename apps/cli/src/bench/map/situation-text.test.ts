import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { situationText } from './situation-text.ts';
import { pictureName, readSituations, schemes } from './situations.ts';

const clone = join(import.meta.dirname, '../../../../..');
const docs = join(clone, 'docs');
const mostBytes = 80 * 1024;

test('docs/map.md says of every recorded situation what was typed and what can be read', async () => {
  const page = await readFile(join(docs, 'map.md'), 'utf8');
  const situations = await readSituations(clone);
  expect(situations.length).toBeGreaterThanOrEqual(10);
  for (const situation of situations) expect(page).toContain(situationText(situation));
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual(situations.map(({ name }) => name));
});

test('each situation has a small picture, light and dark, and there is no other', async () => {
  const situations = await readSituations(clone);
  const names = situations.flatMap((one) => schemes.map((scheme) => pictureName(one, scheme)));
  expect((await readdir(join(docs, 'map'))).toSorted()).toEqual(names.toSorted());
  const sizes = new Set<string>();
  for (const name of names) {
    const path = join(docs, 'map', name);
    const png = await readFile(path);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect((await stat(path)).size).toBeLessThan(mostBytes);
    sizes.add(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`);
  }
  expect(sizes.size).toBe(1);
});
