import { shortened } from '../lab/learner-text.tsx';

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
/** Of system fonts, rather too much than too little. */
const em = { wide: 1, broad: 0.95, thin: 0.38, other: 0.64 };
/** Of the program's own (JetBrains Mono); what it does not have comes from elsewhere. */
const monoEm = 0.6;
const bolder = 1.12;

export type Font = 'plain' | 'bold' | 'mono';

const broad = /[mwMW@%]/;
const thin = /[ .,:;'|!iljtfr()[\]/-]/;

const emOf = (character: string, font: Font): number => {
  if (font === 'bold') return emOf(character, 'plain') * bolder;
  if (wide.test(character)) return em.wide;
  if (font === 'mono' && character <= '~') return monoEm;
  if (broad.test(character)) return em.broad;
  return thin.test(character) ? em.thin : em.other;
};

/** About how wide a line is; an SVG has no layout to ask. */
export const textWidth = (text: string, fontSize: number, font: Font = 'plain'): number =>
  [...text].reduce((sum, character) => sum + emOf(character, font), 0) * fontSize;

/** As much of a text as fits, and an ellipsis. What a learner chose was made visible before. */
export function fitted(text: string, fontSize: number, width: number, font: Font): string {
  if (textWidth(text, fontSize, font) <= width) return text;
  const characters = [...text];
  let room = width - emOf('…', font) * fontSize;
  let most = 0;
  for (; most < characters.length; most++) {
    room -= emOf(characters[most] ?? '', font) * fontSize;
    if (room < 0) break;
  }
  return shortened(text, Math.max(1, most + 1));
}
