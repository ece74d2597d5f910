import { shortened } from '../lab/learner-text.tsx';

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
/** Of system fonts, rather too much than too little. */
const em = { wide: 1, broad: 0.95, thin: 0.38, other: 0.64 };
const broad = /[mwMW@%]/;
const thin = /[ .,:;'|!iljtfr()[\]/-]/;

const emOf = (character: string): number => {
  if (wide.test(character)) return em.wide;
  if (broad.test(character)) return em.broad;
  return thin.test(character) ? em.thin : em.other;
};

/** About how wide a line is; an SVG has no layout to ask. */
export const textWidth = (text: string, fontSize: number): number =>
  [...text].reduce((sum, character) => sum + emOf(character), 0) * fontSize;

/** As much of a text as fits, and an ellipsis. What a learner chose was made visible before. */
export function fitted(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  let room = width - emOf('…') * fontSize;
  let most = 0;
  for (; most < characters.length; most++) {
    room -= emOf(characters[most] ?? '') * fontSize;
    if (room < 0) break;
  }
  return shortened(text, Math.max(1, most + 1));
}
