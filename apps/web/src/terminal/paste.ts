/** Largest text that is pasted, in characters: more belongs in a file. */
export const mostPasted = 1024 * 1024;

/** Control characters, and those that turn the direction of a text around, which hides what it says. */
const controls = /(?![\t\n])[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A text that is to be pasted. */
export interface Paste {
  /** Without what was taken out; lines end with `\n`. */
  text: string;
  /** As it came, for showing. */
  raw: string;
  /** Lines; an end of line at its very end begins no further one. */
  lines: number;
  /** Control characters taken out: they could end the shell's bracketed paste (`ESC [ 201 ~`), or worse. */
  removed: number;
}

/** The characters that are taken out of a text, with their places. */
export const hiddenIn = (text: string): { at: number; character: string }[] =>
  [...text.matchAll(controls)].map(({ index, 0: character }) => ({ at: index, character }));

/** A character as it can be shown: control characters as terminals write them (`^[` is ESC). */
export function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return hiddenIn(character).length > 0
    ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    : character;
}

/** Looks at what the clipboard holds. */
export function toPaste(clipboard: string): Paste {
  const raw = clipboard.replace(/\r\n?/g, '\n');
  let removed = 0;
  const text = raw.replace(controls, () => {
    removed += 1;
    return '';
  });
  return { text, raw, lines: text.replace(/\n$/, '').split('\n').length, removed };
}

/** Whether to ask first: several lines may run at once, and somebody put control characters there. */
export const asksFirst = ({ lines, removed }: Paste, linesAreFine: boolean): boolean =>
  removed > 0 || (lines > 1 && !linesAreFine);
