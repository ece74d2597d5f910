import type { RecordingIndex } from '@tatami/protocol';
import type { Piece } from '../player/pieces.ts';

/** What packages/report writes into a report for this program. */
export interface ReplayData {
  texts: Record<'play' | 'pause' | 'position' | 'speed' | 'failed' | 'zone', string>;
  recordings: PackedRecording[];
}

export interface PackedRecording {
  label: string;
  index: RecordingIndex;
  /** Offset and length of each piece, in the order in which they are packed. */
  pieces: [number, number][];
  /** All pieces, one behind the other, in base64. */
  gzip: string;
}

/** Reads from the pieces of a recording what a server would answer. */
export async function unpacked({
  pieces,
  gzip,
}: PackedRecording): Promise<(from: number) => Promise<Piece>> {
  const packed = Uint8Array.from(atob(gzip), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  const found: Piece[] = [];
  let at = 0;
  for (const [offset, length] of pieces) {
    found.push({ offset, bytes: all.subarray(at, at + length) });
    at += length;
  }
  return async (from) => {
    const piece = found.find(({ offset, bytes }) => from < offset + bytes.length);
    if (!piece) return { offset: from, bytes: new Uint8Array() };
    const skip = Math.max(0, from - piece.offset);
    return { offset: piece.offset + skip, bytes: piece.bytes.subarray(skip) };
  };
}
