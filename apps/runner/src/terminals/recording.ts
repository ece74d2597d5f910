import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const segmentBytes = 1024 * 1024;
const flushMs = 300;
/** What is waiting for a slow disk beyond this would not be kept anyway. */
const pendingBytes = 2 * segmentBytes;
const keepDays = 30;
/** Of all recordings together; the oldest go first. */
const keepBytes = 2 * 1024 ** 3;

/**
 * A terminal's last output on disk: segments `<terminal>.<absolute offset>.bin`, of which the newest
 * two are kept. Output only, never what was typed.
 */
export class Recording {
  readonly #dir: string;
  readonly #terminal: string;
  #segments: number[] = [];
  #segmentSize = 0;
  #offset = 0;
  #end = 0;
  #pending: Buffer[] = [];
  #pendingSize = 0;
  /** Bytes left out before what waits. */
  #skipped = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #onError: (error: unknown) => void;

  constructor(dir: string, terminal: string, onError: (error: unknown) => void) {
    this.#dir = dir;
    this.#terminal = terminal;
    this.#onError = onError;
  }

  /** Absolute offset after the last byte appended. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Buffer): void {
    this.#end += bytes.length;
    this.#pending.push(bytes);
    this.#pendingSize += bytes.length;
    if (this.#pendingSize > pendingBytes) this.#skip();
    this.#timer ??= setTimeout(() => void this.flush(), flushMs);
  }

  /** Resolves when all that was appended is in the file. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Gathers while an earlier write is under way, so that a slow disk holds at most one in memory.
    this.#writing = this.#writing.then(() => this.#writePending()).catch(this.#onError);
    return this.#writing;
  }

  async #writePending(): Promise<void> {
    const bytes = Buffer.concat(this.#pending.splice(0));
    if (bytes.length === 0) return;
    const at = this.#offset + this.#skipped;
    if (this.#skipped > 0) this.#endSegment();
    this.#pendingSize = 0;
    this.#skipped = 0;
    this.#offset = at + bytes.length;
    try {
      await this.#write(bytes, at);
    } catch (error) {
      // What follows has the right offset only in a file of its own.
      this.#endSegment();
      throw error;
    }
  }

  #endSegment(): void {
    this.#segmentSize = Number.POSITIVE_INFINITY;
  }

  /** Drops the oldest of what waits. */
  #skip(): void {
    while (this.#pendingSize > segmentBytes) {
      const dropped = this.#pending.shift();
      if (!dropped) break;
      this.#pendingSize -= dropped.length;
      this.#skipped += dropped.length;
    }
  }

  async #write(bytes: Buffer, offset: number): Promise<void> {
    if (this.#segments.length === 0 || this.#segmentSize > segmentBytes) {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      this.#segments.push(offset);
      this.#segmentSize = 0;
      const dropped = this.#segments.length > 2 ? this.#segments.shift() : undefined;
      if (dropped !== undefined) await rm(this.#path(dropped), { force: true });
    }
    await appendFile(this.#path(this.#segments.at(-1) as number), bytes);
    this.#segmentSize += bytes.length;
  }

  #path(offset: number): string {
    return join(this.#dir, `${this.#terminal}.${offset}.bin`);
  }
}

/** What is kept of a terminal's output and the offset of its first byte; null when nothing is. */
export async function readRecording(
  dir: string,
  terminal: string,
): Promise<{ offset: number; bytes: Buffer } | null> {
  const offsets = (await readdir(dir).catch(() => []))
    .map((name) => name.split('.'))
    .filter(([id, , type]) => id === terminal && type === 'bin')
    .map(([, offset]) => Number(offset))
    .sort((a, b) => a - b);
  const [offset] = offsets;
  if (offset === undefined) return null;
  const parts = await Promise.all(offsets.map((o) => readFile(join(dir, `${terminal}.${o}.bin`))));
  return { offset, bytes: Buffer.concat(parts) };
}

/** Ids of the terminals of which something is kept. */
export async function recordedTerminals(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return [...new Set(names.map((name) => name.split('.')[0] ?? ''))].sort();
}

/** Deletes recordings of more than 30 days ago, and the oldest while there are more than 2 GiB. */
export async function expireRecordings(
  root: string,
  now = Date.now(),
  maxBytes = keepBytes,
): Promise<void> {
  const folders = await Promise.all(
    (await readdir(root).catch(() => [])).map(async (name) => {
      const dir = join(root, name);
      const files = await readdir(dir).catch(() => []);
      const stats = await Promise.all(files.map((file) => stat(join(dir, file)).catch(() => null)));
      const found = stats.filter((one) => one !== null);
      const usedMs = Math.max(0, ...found.map(({ mtimeMs }) => mtimeMs));
      return { dir, usedMs, bytes: found.reduce((sum, { size }) => sum + size, 0) };
    }),
  );
  folders.sort((one, two) => two.usedMs - one.usedMs);
  let kept = 0;
  for (const { dir, usedMs, bytes } of folders) {
    kept += bytes;
    if (kept > maxBytes || now - usedMs > keepDays * 86_400_000)
      await rm(dir, { recursive: true, force: true });
  }
}
