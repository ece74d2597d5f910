import { expect, test } from 'vitest';
import { codeOf, type Preflight, readCode, reasonsOf } from './preflight.ts';

const good: Preflight = {
  way: 'websocket',
  roundTripMs: 20,
  clipboard: 'works',
  keyboard: 'works',
  cjkFont: true,
  monospaced: true,
  day: 20_600,
};
const results: Preflight[] = [
  good,
  { ...good, way: null, roundTripMs: 10_000 },
  { ...good, way: 'poll', roundTripMs: 300, clipboard: 'fails' },
  { ...good, keyboard: 'full-width', cjkFont: false },
  { ...good, keyboard: 'untried', clipboard: 'untried', monospaced: false, day: 20_454 },
];

test('a code says what was found, however it is typed', () => {
  for (const result of results) {
    expect(codeOf(result)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(readCode(codeOf(result))).toEqual(result);
    const sloppy = codeOf(result).toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
    expect(readCode(sloppy)).toEqual(result);
  }
});

test('a code with one wrong symbol is none', () => {
  const code = codeOf(good).replaceAll('-', '');
  const wrong = [...code].flatMap((_, at) =>
    [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']
      .filter((symbol) => symbol !== code[at])
      .map((symbol) => code.slice(0, at) + symbol + code.slice(at + 1)),
  );
  expect(wrong).toHaveLength(8 * 31);
  expect(wrong.filter((text) => readCode(text) !== null)).toEqual([]);
  for (const text of ['', 'ABC-DEF', code.slice(1), `${code}0`]) expect(readCode(text)).toBeNull();
});

test('green is a machine with no reason against it; the others say which', () => {
  expect(results.map(reasonsOf)).toEqual([
    [],
    ['no-stream'],
    ['slow', 'polls', 'clipboard-fails'],
    ['full-width', 'no-cjk'],
    ['not-monospaced', 'keyboard-untried', 'clipboard-untried'],
  ]);
});
