import { type RecordedEvent, Segment, type SegmentStart } from './recording-segment.ts';

/** What one file grows to; what is dropped goes by such pieces. */
const segmentBytes = 2 * 1024 * 1024;
/** An hour of `top` is 10 MiB; only a flood comes to this. */
const maxTerminalBytes = 64 * 1024 * 1024;
/** So long may output wait to be written with more, which readers do not; beyond `batchBytes` it does not. */
const batchMs = 5_000;
const batchBytes = 128 * 1024;
/** All terminals' batches begin at the same moments: one wakes the processor for the next. */
const togetherMs = 1_000;
/** What waits for the disk at which the terminal should pause. */
const fullBytes = 256 * 1024;
/** What a terminal that does not pause may leave waiting. */
const maxPendingBytes = 4 * fullBytes;
/** A disk that takes nothing for this long holds nobody up any more. */
const hungMs = 2_000;
/** Output that comes within a frame of a screen is told as one burst. */
const burstMs = 16;

/** Runs a task when those before it are done: a disk that hangs takes one thread of the pool, not all. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

/** One task at a time, in order. */
export function takeTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}

export interface RecordingOptions {
  dir: string;
  terminal: string;
  /** Told once of failures in a row. */
  onError: (error: unknown) => void;
  /** No longer `full`. */
  onDrain?: () => void;
  /** Offset that an earlier runner's recording ended at. */
  start?: number;
  turns?: Turns;
  /** The files have grown by this, or shrunk. */
  onSize?: (bytes: number) => void;
}

/** One terminal's output on disk, docs/recordings.md. Output only, never what was typed. */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #turns: Turns;
  #size = { cols: 80, rows: 24 };
  #segments: Segment[] = [];
  /** Open for more, or to be followed by a new one. */
  #open = false;
  #end: number;
  #chunks: Buffer[] = [];
  #chunkBytes = 0;
  #events: RecordedEvent[] = [];
  /** The size before the first of `#events`. */
  #sizeBefore = this.#size;
  /** Bytes that were left out just before what waits. */
  #gapBytes = 0;
  #full = false;
  #hung = false;
  #failing = false;
  #batchTimer: NodeJS.Timeout | undefined;
  #hungTimer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** A write that has not begun: it takes what comes until then. */
  #queued: Promise<void> | undefined;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#turns = options.turns ?? takeTurns();
    this.#end = options.start ?? 0;
  }

  /** Absolute offset after the last byte appended. */
  get end(): number {
    return this.#end;
  }

  /** Too much waits for the disk; `onDrain` says when that is over. */
  get full(): boolean {
    return this.#full;
  }

  /** Of its files. */
  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  append(bytes: Buffer): void {
    this.#end += bytes.length;
    this.#chunks.push(bytes);
    this.#chunkBytes += bytes.length;
    const at = Date.now();
    const last = this.#events.at(-1);
    if (last && 'bytes' in last && at - last.at < burstMs) last.bytes += bytes.length;
    else this.#events.push({ at, bytes: bytes.length });
    if (this.#chunkBytes >= fullBytes) this.#fill();
    if (this.#chunkBytes >= batchBytes) void this.#startWrite();
    else this.#startBatch();
  }

  /** The output that follows is for this size. */
  resize(cols: number, rows: number): void {
    if (cols === this.#size.cols && rows === this.#size.rows) return;
    this.#size = { cols, rows };
    // The first file that is made says the size at its head.
    if (this.#events.length === 0 && !this.#open) {
      this.#sizeBefore = this.#size;
      return;
    }
    const at = Date.now();
    const last = this.#events.at(-1);
    if (last && 'cols' in last && at - last.at < burstMs) Object.assign(last, this.#size);
    else this.#events.push({ at, ...this.#size });
    this.#startBatch();
  }

  /** Resolves when all that was appended is in the files, or after 2 s of a disk that hangs. */
  flush(): Promise<void> {
    return orAfter(this.#startWrite(), hungMs);
  }

  /** Flushes and lets go of the files. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#batchTimer);
    clearTimeout(this.#hungTimer);
    await orAfter(this.#turns(() => this.#endSegment()).catch(this.#options.onError), hungMs);
  }

  /** Drops the oldest of what is kept, to make room. @returns whether there was something to drop. */
  async shorten(): Promise<boolean> {
    if (this.#segments.length < 2) return false;
    await this.#turns(() => this.#dropOldest());
    return true;
  }

  #startBatch(): void {
    const untilMs = batchMs - (performance.now() % togetherMs);
    this.#batchTimer ??= setTimeout(() => this.#startWrite(), untilMs);
  }

  #startWrite(): Promise<void> {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    this.#queued ??= this.#writing.then(() =>
      this.#turns(() => {
        this.#queued = undefined;
        return this.#writePending();
      }),
    );
    this.#writing = this.#queued;
    return this.#queued;
  }

  async #writePending(): Promise<void> {
    if (this.#events.length === 0) return;
    const chunks = this.#chunks;
    const bytes = this.#chunkBytes;
    const events = this.#events;
    const start = {
      offset: this.#end - bytes,
      at: events[0]?.at ?? 0,
      ...this.#sizeBefore,
      gapBytes: this.#gapBytes,
    };
    this.#clear();
    this.#gapBytes = 0;
    try {
      await this.#write(await this.#segmentFor(start), chunks, events);
      this.#failing = false;
    } catch (error) {
      this.#gapBytes += start.gapBytes + bytes;
      await this.#abandonSegment().catch(() => undefined);
      if (!this.#failing) this.#options.onError(error);
      this.#failing = true;
    }
    this.#written();
  }

  async #segmentFor(start: SegmentStart): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last && this.#open && start.gapBytes === 0 && last.size < segmentBytes) return last;
    await this.#endSegment();
    const { dir, terminal } = this.#options;
    const segment = new Segment(dir, terminal, start);
    this.#segments.push(segment);
    this.#open = true;
    await segment.create();
    while (this.bytes > maxTerminalBytes - segmentBytes) await this.#dropOldest();
    return segment;
  }

  async #write(segment: Segment, chunks: Buffer[], events: RecordedEvent[]): Promise<void> {
    const before = segment.size;
    await segment.write(chunks, events);
    this.#options.onSize?.(segment.size - before);
  }

  async #endSegment(): Promise<void> {
    this.#open = false;
    await this.#segments.at(-1)?.close();
  }

  /** What follows has the right offset only in a file of its own. */
  async #abandonSegment(): Promise<void> {
    await this.#endSegment();
    if (this.#segments.at(-1)?.size === 0) await this.#segments.pop()?.remove();
  }

  async #dropOldest(): Promise<void> {
    const oldest = this.#segments.length > 1 ? this.#segments.shift() : undefined;
    if (!oldest) return;
    await oldest.remove();
    this.#options.onSize?.(-oldest.size);
  }

  #clear(): void {
    this.#chunks = [];
    this.#chunkBytes = 0;
    this.#events = [];
    this.#sizeBefore = this.#size;
  }

  /** Enough waits for the disk, or too much. */
  #fill(): void {
    if (this.#chunkBytes > maxPendingBytes || this.#hung) this.#leaveOut();
    if (this.#full || this.#hung) return;
    this.#full = true;
    this.#hungTimer = setTimeout(() => {
      this.#hung = true;
      this.#leaveOut();
      this.#drained();
    }, hungMs);
  }

  #leaveOut(): void {
    this.#gapBytes += this.#chunkBytes;
    this.#clear();
  }

  #written(): void {
    this.#hung = false;
    if (this.#chunkBytes < fullBytes) this.#drained();
  }

  #drained(): void {
    clearTimeout(this.#hungTimer);
    if (!this.#full) return;
    this.#full = false;
    this.#options.onDrain?.();
  }
}

/** Waits for a promise that never rejects, at most `ms`. */
async function orAfter(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
