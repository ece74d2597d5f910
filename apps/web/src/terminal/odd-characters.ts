/** What an input method puts where a shell wants ASCII. */
export type OddKind = 'space' | 'noBreakSpace' | 'letter' | 'quote' | 'dash' | 'sign' | 'yen';

/** Whose input methods are likely. The key of ¥ is that of `\` in Japan and of `$` in China. */
export type Keyboard = 'ja' | 'zh';

/** An odd character of a command line, and what was probably meant. */
export interface Odd {
  /** Index into the line, in UTF-16 code units. */
  at: number;
  character: string;
  kind: OddKind;
  meant: string;
}

type Meaning = Pick<Odd, 'kind' | 'meant'>;

const fixed = new Map<string, [OddKind, string]>([
  ['\u3000', ['space', ' ']],
  // From web pages and word processors.
  ['\u00a0', ['noBreakSpace', ' ']],
  ...[...'“”„‟＂'].map((quote): [string, [OddKind, string]] => [quote, ['quote', '"']]),
  ...[...'‘’‚‛＇'].map((quote): [string, [OddKind, string]] => [quote, ['quote', "'"]]),
  ...[...'‐‑‒–―−'].map((dash): [string, [OddKind, string]] => [dash, ['dash', '-']]),
  ['。', ['sign', '.']],
  ['《', ['sign', '<']],
  ['》', ['sign', '>']],
]);

/** Full-width forms of ASCII, U+FF01 to U+FF5E, stand in its order. */
const toAscii = 0xfee0;
const han = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Quick look, so that nothing else is done for nearly every key. */
const anyOdd =
  /[\u00a0\u00a5\u2010-\u2015\u2018-\u201f\u2212\u3000\u3002\u300a\u300b\u30fc\uff01-\uff5e\uffe5]/;

/** Whether a text holds what may be odd in a command. */
export const mayBeOdd = (text: string): boolean => anyOdd.test(text);

/** The odd characters of a command line. Those that are meant are not: within quotes, and as part of prose. */
export function oddIn(line: string, keyboard: Keyboard): Odd[] {
  const found: Odd[] = [];
  let quote = '';
  let isProse = false;
  let at = 0;
  for (const [character] of line.matchAll(/——|./gsu)) {
    const odd: Meaning | null = quote ? null : meaningOf(character, line.slice(at), keyboard);
    // 「echo 你好，世界」 is fine as it is; a space or a quote of this kind never is.
    const belongs: boolean = isProse && odd?.kind !== 'space' && odd?.kind !== 'quote';
    if (odd && !belongs) found.push({ at, character, ...odd });
    isProse = han.test(character) || (odd !== null && belongs);
    if (quote ? character === quote : /["']/.test(character)) quote = quote ? '' : character;
    at += character.length;
  }
  return found;
}

function meaningOf(character: string, rest: string, keyboard: Keyboard): Meaning | null {
  const [kind, meant] = fixed.get(character) ?? [];
  if (kind && meant !== undefined) return { kind, meant };
  if (character === '¥' || character === '￥')
    return { kind: 'yen', meant: keyboard === 'zh' ? '$' : '\\' };
  // Chinese input methods write this for `_`.
  if (character === '——') return { kind: 'dash', meant: keyboard === 'zh' ? '_' : '--' };
  // Word processors and Macs make one long dash of two short ones.
  if (character === '—') return { kind: 'dash', meant: /^—[a-z]{2}/i.test(rest) ? '--' : '-' };
  if (character === 'ー') return { kind: 'dash', meant: '-' };
  const code = character.charCodeAt(0);
  if (code < 0xff01 || code > 0xff5e) return null;
  const ascii = String.fromCharCode(code - toAscii);
  if (ascii === '-') return { kind: 'dash', meant: ascii };
  return { kind: /[0-9a-z]/i.test(ascii) ? 'letter' : 'sign', meant: ascii };
}

/** The line as it was probably meant. */
export function converted(line: string, found: Odd[]): string {
  let result = '';
  let from = 0;
  for (const { at, character, meant } of found) {
    result += line.slice(from, at) + meant;
    from = at + character.length;
  }
  return result + line.slice(from);
}
