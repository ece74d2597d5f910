import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const segmentBytes = 1024 * 1024;
const flushMs = 300;
const keepDays = 30;

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
  #pending: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #onError: (error: unknown) => void;

  constructor(dir: string, terminal: string, onError: (error: unknown) => void) {
    this.#dir = dir;
    this.#terminal = terminal;
    this.#onError = onError;
  }

  append(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#timer ??= setTimeout(() => void this.flush(), flushMs);
  }

  /** Resolves when all that was appended is in the file. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.concat(this.#pending.splice(0));
    if (bytes.length > 0)
      this.#writing = this.#writing.then(() => this.#write(bytes)).catch(this.#onError);
    return this.#writing;
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#segments.length === 0 || this.#segmentSize > segmentBytes) {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      this.#segments.push(this.#offset);
      this.#segmentSize = 0;
      const dropped = this.#segments.length > 2 ? this.#segments.shift() : undefined;
      if (dropped !== undefined) await rm(this.#path(dropped), { force: true });
    }
    await appendFile(this.#path(this.#segments.at(-1) as number), bytes);
    this.#offset += bytes.length;
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

/** Deletes the recordings of machines that ended more than 30 days ago. */
export async function expireRecordings(root: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const { mtimeMs } = await stat(join(root, name));
    if (now - mtimeMs > keepDays * 86_400_000)
      await rm(join(root, name), { recursive: true, force: true });
  }
}
