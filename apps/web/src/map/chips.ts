import type { OwnNamespace } from './areas.ts';
import { textWidth } from './text-width.ts';

/** A kind in which an area differs from what is around it, as a label. */
export interface Chip {
  own: OwnNamespace;
  x: number;
  row: number;
  width: number;
}

const labelPx = 12;
const gap = 4;
/** Of the sign before the kind's name, and around both. */
const signWidth = 27;

/** Labels in rows of at most this width. */
export function chipsOf(
  own: OwnNamespace[],
  most: number,
): { chips: Chip[]; rows: number; width: number } {
  const chips: Chip[] = [];
  let [x, row, widest] = [0, 0, 0];
  for (const one of own) {
    const width = textWidth(one.kind, labelPx, 'bold') + signWidth;
    if (x > 0 && x + width > most) [x, row] = [0, row + 1];
    chips.push({ own: one, x, row, width });
    widest = Math.max(widest, x + width);
    x += width + gap;
  }
  return { chips, rows: own.length > 0 ? row + 1 : 0, width: widest };
}
