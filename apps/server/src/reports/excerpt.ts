import type { RecordingIndex } from '@tatami/protocol';

/** A part of a recording, by offsets. */
export interface Window {
  from: number;
  to: number;
}

/** Shown before and after each moment, when the whole is too much. */
const bytesBefore = 48 * 1024;
const bytesAfter = 8 * 1024;

/** The parts of a recording around these offsets; all of it when it has no more than `wholeBytes`. */
export function windowsAround(
  { start, end }: Pick<RecordingIndex, 'start' | 'end'>,
  offsets: number[],
  { wholeBytes, share }: { wholeBytes: number; share: number },
): Window[] {
  if (offsets.length === 0) return [];
  if (end - start <= wholeBytes) return [{ from: start, to: end }];
  const windows: Window[] = [];
  for (const offset of offsets.toSorted((one, other) => one - other)) {
    const from = Math.max(start, Math.floor(offset - bytesBefore * share));
    const to = Math.min(end, Math.ceil(offset + bytesAfter * share));
    const last = windows.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) windows.push({ from, to });
  }
  return windows;
}

/** The index of a recording of which only these parts are left; what is between them is a gap. */
export function indexOfParts(index: RecordingIndex, windows: Window[]): RecordingIndex {
  const start = windows[0]?.from ?? index.end;
  const end = windows.at(-1)?.to ?? start;
  const inside = (offset: number) => windows.some(({ from, to }) => offset > from && offset <= to);
  const outputs = windows.flatMap(({ from, to }) => outputsWithin(index, from, to));
  const between = windows.slice(1).map(({ from }, n) => ({
    ...{ atMs: timeAt(index, from), offset: from },
    bytes: from - (windows[n]?.to ?? from),
  }));
  const gaps = [...index.gaps.filter(({ offset }) => inside(offset)), ...between];
  return {
    ...{ startedAt: index.startedAt, start, end, ...sizeAt(index, start), outputs },
    resizes: index.resizes.filter(({ offset }) => offset > start && offset <= end),
    gaps: gaps.sort((one, other) => one.offset - other.offset),
  };
}

/** The terminal's size when the bytes after this offset came. */
export function sizeAt(
  { cols, rows, resizes }: RecordingIndex,
  offset: number,
): { cols: number; rows: number } {
  const last = resizes.findLast((one) => one.offset <= offset);
  return last ? { cols: last.cols, rows: last.rows } : { cols, rows };
}

/** When the byte before this offset came, in milliseconds since the recording began. */
export const timeAt = ({ outputs }: RecordingIndex, offset: number): number =>
  outputs.find(([, to]) => to >= offset)?.[0] ?? outputs.at(-1)?.[0] ?? 0;

function outputsWithin({ outputs }: RecordingIndex, from: number, to: number): [number, number][] {
  const within = outputs.filter(([, end]) => end > from && end <= to);
  const cut = outputs.find(([, end]) => end > to);
  return cut && (within.at(-1)?.[1] ?? from) < to ? [...within, [cut[0], to]] : within;
}
