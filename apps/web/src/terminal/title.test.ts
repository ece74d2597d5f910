import { expect, test } from 'vitest';
import { safeTitle } from './title.ts';

test('a title is one short line in which nothing hides', () => {
  expect(safeTitle('  vim notes.txt ')).toBe('vim notes.txt');
  expect(safeTitle('<b>世界</b>')).toBe('<b>世界</b>');
  expect(safeTitle('a\u202eb\nc\u0007')).toBe('a\\u{202e}b␊c␇');
  expect(safeTitle('x'.repeat(1_000_000))).toBe(`${'x'.repeat(79)}…`);
  expect(safeTitle('')).toBe('');
});
