import { shortened, visible } from '../lab/learner-text.tsx';

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const emPerWide = 1;
/** Of system fonts at the size that the map uses, rather too much than too little. */
const emPerNarrow = 0.64;

/** About how wide a line is; an SVG has no layout to ask. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) em += wide.test(character) ? emPerWide : emPerNarrow;
  return em * fontSize;
}

/** As much of a text that a learner chose as fits, every character visible, and an ellipsis. */
export function fitted(text: string, fontSize: number, width: number): string {
  const whole = visible(text);
  if (textWidth(whole, fontSize) <= width) return whole;
  const characters = [...whole];
  let most = Math.min(characters.length, Math.max(1, Math.ceil(width / (emPerNarrow * fontSize))));
  while (most > 1 && textWidth(shortened(whole, most), fontSize) > width) most--;
  return shortened(whole, most);
}
