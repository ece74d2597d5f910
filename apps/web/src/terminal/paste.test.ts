import { expect, test } from 'vitest';
import { asksFirst, hiddenIn, nameOf, toPaste } from './paste.ts';

test.each([
  ['ls', 1],
  ['ls\n', 1],
  ['ls\r\n', 1],
  ['a\nb', 2],
  ['a\r\nb\r\nc\r\n', 3],
  ['a\rb', 2],
  ['a\n\n', 2],
  ['', 1],
])('%j has %i lines', (text, lines) => expect(toPaste(text).lines).toBe(lines));

test('what a shell would take for the end of the paste, or nobody would see, is taken out', () => {
  const { text, removed, raw } = toPaste('a\x1b[201~\rb\x03\x9b\x7f\u202e\u200b\tc');
  expect(text).toBe('a[201~\nb\tc');
  expect(removed).toBe(6);
  expect(raw).toContain('\x1b');
});

test('words of every language come through whole', () => {
  const words = 'héllo 世界 ｶﾀｶﾅ 🍵 שלום e\u0301 👨‍👩‍👧';
  expect(toPaste(words)).toEqual({ text: words, raw: words, lines: 1, removed: 0 });
});

test('what is taken out can be shown in its place', () => {
  const text = 'a\x1b[\u202eb\x7f\x9b\tc　';
  expect(hiddenIn(text).map(({ at, character }) => [at, nameOf(character)])).toEqual([
    [1, '^['],
    [3, 'U+202E'],
    [5, '^?'],
    [6, 'U+009B'],
  ]);
  expect(nameOf('　')).toBe('　');
});

test('several lines ask until they are fine, control characters always', () => {
  expect(asksFirst(toPaste('ls -l\n'), false)).toBe(false);
  expect(asksFirst(toPaste('a\nb'), false)).toBe(true);
  expect(asksFirst(toPaste('a\nb'), true)).toBe(false);
  expect(asksFirst(toPaste('a\x1b'), true)).toBe(true);
});
