/** Characters that are not seen themselves, but move, hide or reverse what stands around them. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const controlPictures = 0x2400;
const delPicture = '␡';

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(controlPictures + code);
  if (code === 0x7f) return delPicture;
  return `\\u{${code.toString(16)}}`;
}

/** Text that a learner chose (a command line, a host name), with every character made visible. */
export const visible = (text: string): string => text.replace(unseen, picture);

const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Text that is visible already as a part of a sentence, whose order it cannot change: between isolates
 * (UAX #9) when it has letters that run from right to left.
 */
export const isolated = (text: string): string =>
  rightToLeft.test(text) ? `\u2068${text}\u2069` : text;

/** The first characters, counted as a reader counts them, and an ellipsis for the rest. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** Text that a learner chose, as plain text of at most `most` characters; all of it in the title. */
export function LearnerText({ text, most }: { text: string; most: number }) {
  const whole = visible(text);
  const short = shortened(whole, most);
  return <bdi title={short === whole ? undefined : whole}>{short}</bdi>;
}
