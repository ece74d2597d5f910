import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What an index tells of one moment: bytes that came, or a size that changed. */
export type RecordedEvent =
  | { at: number; bytes: number }
  | { at: number; cols: number; rows: number };

/** How a segment begins. */
export interface SegmentStart {
  /** Absolute offset of its first byte. */
  offset: number;
  /** Unix time in ms from which its index counts. */
  at: number;
  cols: number;
  rows: number;
  /** Bytes before it that were not kept. */
  gapBytes: number;
}

/** Where a segment's bytes (`bin`) or index (`idx`) are. */
export const segmentPath = (
  dir: string,
  terminal: string,
  offset: number,
  type: 'bin' | 'idx',
): string => join(dir, `${terminal}.${offset}.${type}`);

/** First line of an index; docs/recordings.md. */
export const headerLine = ({ at, cols, rows, gapBytes }: SegmentStart): string =>
  `tatami-recording 1 ${at} ${cols}x${rows} ${gapBytes}\n`;

/** One piece of a recording, open for more: a file of raw bytes and one of when they came. */
export class Segment {
  readonly offset: number;
  /** Of both files. */
  size = 0;
  readonly #paths: { bin: string; idx: string };
  readonly #start: SegmentStart;
  #bin: FileHandle | undefined;
  #idx: FileHandle | undefined;
  #at: number;

  constructor(dir: string, terminal: string, start: SegmentStart) {
    const { offset, at } = start;
    this.offset = offset;
    this.#start = start;
    this.#at = at;
    this.#paths = {
      bin: segmentPath(dir, terminal, offset, 'bin'),
      idx: segmentPath(dir, terminal, offset, 'idx'),
    };
  }

  async create(): Promise<void> {
    await mkdir(dirname(this.#paths.bin), { recursive: true, mode: 0o700 });
    this.#bin = await open(this.#paths.bin, 'w', 0o600);
    this.#idx = await open(this.#paths.idx, 'w', 0o600);
    await this.#idx.appendFile(headerLine(this.#start));
  }

  /** Bytes first: an index never speaks of more than there is. */
  async write(chunks: Buffer[], events: RecordedEvent[]): Promise<void> {
    const lines = Buffer.from(events.map((event) => this.#line(event)).join(''));
    this.size += (await writeAll(this.#bin, chunks)) + (await writeAll(this.#idx, [lines]));
  }

  #line(event: RecordedEvent): string {
    const sinceMs = Math.max(0, event.at - this.#at);
    this.#at += sinceMs;
    return `${sinceMs} ${'bytes' in event ? event.bytes : `${event.cols}x${event.rows}`}\n`;
  }

  async close(): Promise<void> {
    const files = [this.#bin, this.#idx];
    this.#bin = undefined;
    this.#idx = undefined;
    await Promise.all(files.map((file) => file?.close()));
  }

  async remove(): Promise<void> {
    await this.close();
    await Promise.all(Object.values(this.#paths).map(unlinkIfThere));
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** @returns how many bytes. @throws when not all could be written. */
async function writeAll(file: FileHandle | undefined, chunks: Buffer[]): Promise<number> {
  const wanted = chunks.reduce((sum, { length }) => sum + length, 0);
  if (wanted === 0) return 0;
  const written = (await file?.writev(chunks))?.bytesWritten;
  if (written !== wanted) throw new Error(`only ${written} of ${wanted} bytes could be written`);
  return wanted;
}
