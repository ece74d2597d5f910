import { linkOf, pieceBytes } from './seal.ts';

/** Where a file is not what was sealed. Offsets are bytes from its start. */
export interface Change {
  part: 'report' | 'links' | 'seal';
  /** One byte that was replaced, added or taken out; `other`: more than that, somewhere from here on. */
  kind: 'replaced' | 'added' | 'missing' | 'other';
  from: number;
  /** After the last byte concerned. */
  to: number;
  /** What the byte was and is, where that is known. */
  was?: number;
  is?: number;
}

/** The first difference of what is there from what should be, as one byte if that explains it. */
export function differenceOf(
  part: Change['part'],
  start: number,
  actual: Buffer,
  expected: Buffer,
): Change | null {
  if (actual.equals(expected)) return null;
  let at = 0;
  while (at < actual.length && at < expected.length && actual[at] === expected[at]) at++;
  const rest = (of: Buffer, skip: number) => of.subarray(at + skip);
  const here = { part, from: start + at };
  const was = expected[at] as number;
  const is = actual[at] as number;
  if (rest(actual, 1).equals(rest(expected, 1)))
    return { ...here, kind: 'replaced', to: here.from + 1, was, is };
  if (rest(actual, 1).equals(rest(expected, 0)))
    return { ...here, kind: 'added', to: here.from + 1, is };
  if (rest(actual, 0).equals(rest(expected, 1)))
    return { ...here, kind: 'missing', to: here.from, was };
  return { ...here, kind: 'other', to: start + actual.length };
}

/**
 * What happened to a piece that does not lead from `before` to `after`: every single byte is tried, at about 0.3
 * million hashes. `bytes` are the file's from the piece on, `size` what the piece should have.
 */
export function changeOfPiece(
  bytes: Buffer,
  { start, size, before, after }: { start: number; size: number; before: Buffer; after: Buffer },
): Change {
  const fits = (piece: Buffer) => linkOf(before, piece).equals(after);
  const piece = Buffer.from(bytes.subarray(0, size));
  const found = (kind: Change['kind'], at: number, more: Partial<Change>): Change => ({
    ...{ part: 'report', kind, from: start + at },
    ...{ to: start + at + (kind === 'missing' ? 0 : 1), ...more },
  });
  for (let at = 0; at < piece.length; at++) {
    const is = piece[at] as number;
    for (let was = 0; was < 256; was++) {
      piece[at] = was;
      if (was !== is && fits(piece)) return found('replaced', at, { was, is });
    }
    piece[at] = is;
  }
  const longer = bytes.subarray(0, size + 1);
  for (let at = 0; at < longer.length; at++)
    if (fits(Buffer.concat([longer.subarray(0, at), longer.subarray(at + 1)])))
      return found('added', at, { is: longer[at] as number });
  const shorter = bytes.subarray(0, size - 1);
  const filled = Buffer.alloc(size);
  for (let at = 0; at <= shorter.length; at++) {
    shorter.copy(filled, 0, 0, at);
    shorter.copy(filled, at + 1, at);
    for (let was = 0; was < 256; was++) {
      filled[at] = was;
      if (fits(filled)) return found('missing', at, { was });
    }
  }
  return { part: 'report', kind: 'other', from: start, to: start + Math.min(size, pieceBytes) };
}
