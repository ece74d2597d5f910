import type { RecordingIndex } from '@tatami/protocol';

/** Bytes of a recording from an offset on, or from where there are some again; none at the end. */
export type ReadBytes = (from: number) => Promise<{ offset: number; bytes: Buffer }>;

/** One event carries no more than this. */
const eventBytes = 64 * 1024;

/** What happened between two bytes. */
type Mark = { at: number; atMs: number } & (
  | { to: number }
  | { to: undefined; cols: number; rows: number }
);

/**
 * The lines of an asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/), of which only one piece of
 * the recording is held at a time. Characters are never cut in two; what is no UTF-8 becomes U+FFFD.
 */
export async function* asciicast(
  index: RecordingIndex,
  title: string,
  read: ReadBytes,
): AsyncGenerator<string> {
  const { startedAt, cols, rows, outputs } = index;
  const marks = marksOf(index);
  const bytesAt = inPieces(read);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const output = (atMs: number, text: string) => (text ? event(atMs, 'o', text) : '');
  let at = index.start;
  yield `${JSON.stringify({
    ...{ version: 2, width: cols, height: rows },
    ...{ timestamp: Math.floor(Date.parse(startedAt) / 1000), title },
    env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
  })}\n`;
  for (const [atMs, to] of outputs) {
    while (at < to) {
      for (let mark = marks[0]; mark && mark.at <= at; mark = marks[0]) {
        marks.shift();
        if (mark.to === undefined) yield event(mark.atMs, 'r', `${mark.cols}x${mark.rows}`);
        else yield output(mark.atMs, decoder.decode());
        at = Math.max(at, mark.to ?? at);
      }
      const most = Math.min(to - at, (marks[0]?.at ?? to) - at, eventBytes);
      if (most <= 0) continue;
      const piece = await bytesAt(at, most);
      if (piece.bytes.length === 0) return;
      // Dropped since the index was read.
      if (piece.offset > at) yield output(atMs, decoder.decode());
      else yield output(atMs, decoder.decode(piece.bytes, { stream: true }));
      at = piece.offset > at ? piece.offset : at + piece.bytes.length;
    }
  }
  const endMs = outputs.at(-1)?.[0] ?? 0;
  yield output(endMs, decoder.decode());
  for (const mark of marks)
    if (mark.to === undefined) yield event(mark.atMs, 'r', `${mark.cols}x${mark.rows}`);
}

const event = (atMs: number, type: 'o' | 'r', data: string): string =>
  `${JSON.stringify([atMs / 1000, type, data])}\n`;

/** Resizes, and gaps with the offset at which there are bytes again, in order. */
function marksOf({ resizes, gaps }: RecordingIndex): Mark[] {
  const marks: Mark[] = [
    ...gaps.map(({ atMs, offset, bytes }) => ({ at: offset - bytes, atMs, to: offset })),
    ...resizes.map(({ atMs, offset, cols, rows }) => ({
      ...{ at: offset, atMs, to: undefined, cols, rows },
    })),
  ];
  return marks.sort((one, two) => one.at - two.at || one.atMs - two.atMs);
}

/** Asks only for what does not lie in the piece that was read last. */
function inPieces(read: ReadBytes) {
  let piece: { offset: number; bytes: Buffer } = { offset: 0, bytes: Buffer.of() };
  return async (at: number, most: number): Promise<{ offset: number; bytes: Buffer }> => {
    if (at < piece.offset || at >= piece.offset + piece.bytes.length) piece = await read(at);
    if (at < piece.offset) return piece;
    const skip = at - piece.offset;
    return { offset: at, bytes: piece.bytes.subarray(skip, skip + most) };
  };
}
