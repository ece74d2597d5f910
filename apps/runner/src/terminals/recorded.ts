import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { maxIndexEvents, type RecordingIndex } from '@tatami/protocol';
import { segmentPath } from './recording-segment.ts';

/** A segment as it lies on the disk. */
interface Piece {
  offset: number;
  bytes: number;
}

/** Those of a terminal that are kept, oldest first. */
async function piecesOf(dir: string, terminal: string): Promise<Piece[]> {
  const offsets = (await readdir(dir).catch(() => []))
    .map((name) => name.split('.'))
    .filter(([id, , type]) => id === terminal && type === 'bin')
    .map(([, offset]) => Number(offset))
    .sort((a, b) => a - b);
  const pieces = await Promise.all(
    offsets.map((offset) =>
      stat(segmentPath(dir, terminal, offset, 'bin')).then(
        ({ size }) => ({ offset, bytes: size }),
        // Dropped a moment ago.
        () => null,
      ),
    ),
  );
  return pieces.filter((piece) => piece !== null && piece.bytes > 0) as Piece[];
}

/** Ids of the terminals of which something is kept. */
export async function recordedTerminals(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return [...new Set(names.map((name) => name.split('.')[0] ?? ''))].sort();
}

/**
 * At most `most` bytes from `from` up to a gap, and the offset of the first, which is later when `from` is
 * not kept; the last ones without `from`. Null when nothing is kept.
 */
export async function readRecording(
  dir: string,
  terminal: string,
  { from, most = Number.POSITIVE_INFINITY }: { from?: number | undefined; most?: number } = {},
): Promise<{ offset: number; bytes: Buffer } | null> {
  const pieces = await piecesOf(dir, terminal);
  const last = pieces.at(-1);
  if (!last) return null;
  const wanted = from ?? Math.max(startOfRun(pieces), last.offset + last.bytes - most);
  const parts: Buffer[] = [];
  let offset = wanted;
  let length = 0;
  for (const piece of pieces) {
    if (piece.offset + piece.bytes <= offset + length) continue;
    if (piece.offset > offset + length && length > 0) break;
    if (length === 0) offset = Math.max(offset, piece.offset);
    const skip = offset + length - piece.offset;
    const part = await readPart(
      segmentPath(dir, terminal, piece.offset, 'bin'),
      skip,
      Math.min(piece.bytes - skip, most - length),
    );
    parts.push(part);
    length += part.length;
    if (length >= most || part.length < piece.bytes - skip) break;
  }
  return { offset: length > 0 ? offset : last.offset + last.bytes, bytes: Buffer.concat(parts) };
}

/** Where the last bytes without a gap begin. */
function startOfRun(pieces: Piece[]): number {
  let start = pieces.at(-1)?.offset ?? 0;
  for (const { offset, bytes } of pieces.toReversed()) if (offset + bytes >= start) start = offset;
  return start;
}

async function readPart(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** When what is kept came. Null when nothing is. */
export async function readIndex(dir: string, terminal: string): Promise<RecordingIndex | null> {
  const pieces = await piecesOf(dir, terminal);
  const building = new IndexBuilding();
  for (const piece of pieces) {
    const path = segmentPath(dir, terminal, piece.offset, 'idx');
    building.begin(piece);
    for await (const line of wholeLines(path)) if (!building.take(line)) break;
    building.finish();
  }
  return building.index;
}

/** A last line that was not written to its end, as when the runner was killed, is not told. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const text of createReadStream(path, { encoding: 'utf8' })) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Puts the indexes of segments together. */
class IndexBuilding {
  #index: RecordingIndex | null = null;
  #startedAt = 0;
  #piece: Piece = { offset: 0, bytes: 0 };
  #header = true;
  #atMs = 0;
  #offset = 0;
  #size = { cols: 80, rows: 24 };
  /** Neighbours within as much are told as one. */
  #burstMs = 16;

  get index(): RecordingIndex | null {
    while (this.#isLong(maxIndexEvents)) this.#thin();
    return this.#index;
  }

  begin(piece: Piece): void {
    this.#piece = piece;
    this.#header = true;
  }

  /** @returns false when the line is none that we write: nothing after it counts. */
  take(line: string): boolean {
    if (this.#header) return this.#takeHeader(line);
    const [, since, bytes, cols, rows] = /^(\d+) (?:(\d+)|(\d+)x(\d+))$/.exec(line) ?? [];
    if (since === undefined) return false;
    this.#atMs += Number(since);
    if (bytes !== undefined) this.#output(this.#offset + Number(bytes));
    else this.#resize(Number(cols), Number(rows));
    return true;
  }

  /** Bytes that no line speaks of came last. */
  finish(): void {
    if (this.#header) this.#start(this.#startedAt + this.#atMs, this.#size);
    this.#output(this.#piece.offset + this.#piece.bytes);
  }

  #takeHeader(line: string): boolean {
    const [, at, cols, rows] = /^tatami-recording 1 (\d+) (\d+)x(\d+) \d+$/.exec(line) ?? [];
    if (at === undefined) return false;
    this.#start(Number(at), { cols: Number(cols), rows: Number(rows) });
    return true;
  }

  #start(at: number, size: { cols: number; rows: number }): void {
    const { offset } = this.#piece;
    this.#header = false;
    if (!this.#index) {
      this.#startedAt = at;
      this.#size = size;
      this.#index = {
        startedAt: new Date(at).toISOString(),
        ...{ start: offset, end: 0, ...size, outputs: [], resizes: [], gaps: [] },
      };
    }
    this.#atMs = Math.max(this.#atMs, at - this.#startedAt);
    const missing = offset - this.#index.end;
    if (missing > 0) this.#index.gaps.push({ atMs: this.#atMs, offset, bytes: missing });
    this.#offset = offset;
    this.#resize(size.cols, size.rows);
  }

  #output(offset: number): void {
    const index = this.#index;
    const until = Math.min(offset, this.#piece.offset + this.#piece.bytes);
    if (!index || until <= this.#offset) return;
    this.#offset = until;
    index.end = until;
    const last = index.outputs.at(-1);
    if (last && this.#isSameBurst(last[0])) last[1] = until;
    else index.outputs.push([this.#atMs, until]);
    if (this.#isLong(2 * maxIndexEvents)) this.#thin();
  }

  #resize(cols: number, rows: number): void {
    const index = this.#index;
    if (!index || (cols === this.#size.cols && rows === this.#size.rows)) return;
    this.#size = { cols, rows };
    const resize = { atMs: this.#atMs, offset: this.#offset, cols, rows };
    const last = index.resizes.at(-1);
    if (last && this.#isSameBurst(last.atMs)) index.resizes.pop();
    index.resizes.push(resize);
  }

  #isSameBurst(atMs: number): boolean {
    return Math.floor(atMs / this.#burstMs) === Math.floor(this.#atMs / this.#burstMs);
  }

  #isLong(events: number): boolean {
    const { outputs = [], resizes = [] } = this.#index ?? {};
    return outputs.length > events || resizes.length > events;
  }

  #thin(): void {
    if (!this.#index) return;
    this.#burstMs *= 2;
    const { outputs, resizes } = this.#index;
    this.#index.outputs = lastOfEach(this.#burstMs, outputs, ([atMs]) => atMs);
    this.#index.resizes = lastOfEach(this.#burstMs, resizes, ({ atMs }) => atMs);
  }
}

/** Of what came within the same `stepMs` only the last. */
const lastOfEach = <T>(stepMs: number, items: T[], atMs: (item: T) => number): T[] =>
  items.filter((item, n) => {
    const next = items[n + 1];
    return !next || Math.floor(atMs(next) / stepMs) !== Math.floor(atMs(item) / stepMs);
  });
