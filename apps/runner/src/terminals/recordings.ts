import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingIndex } from '@tatami/protocol';
import { readIndex, readRecording, recordedTerminals } from './recorded.ts';
import { Recording, takeTurns } from './recording.ts';

const keepDays = 30;
const keepBytes = 2 * 1024 ** 3;
/** What is deleted when there is too much: enough for a while. */
const spareFraction = 1 / 16;
/** A look at what there is takes reading all folders. */
const expireEveryMs = 10_000;

/** What one machine has on the disk. */
interface Folder {
  id: string;
  bytes: number;
  usedMs: number;
}

/** All recordings of a runner: a folder a machine. Of all together so much is kept, the newest. */
export class Recordings {
  readonly #root: string;
  readonly #warn: (message: string, error: unknown) => void;
  /** Beyond this the oldest go. */
  readonly maxBytes: number;
  readonly #turns = takeTurns();
  readonly #live = new Map<string, Recording>();
  #bytes = 0;
  #expiring: Promise<void> | undefined;
  #expiredAt = 0;

  constructor(
    root: string,
    warn: (message: string, error: unknown) => void,
    maxBytes: number = keepBytes,
  ) {
    this.#root = root;
    this.#warn = warn;
    this.maxBytes = maxBytes;
  }

  /** On the disk, as of the last look and what was written since. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A terminal's recording from now on; {@link Recordings.close} it with its machine. */
  open(sandboxId: string, terminal: string, onDrain: () => void): Recording {
    const recording = new Recording({
      dir: join(this.#root, sandboxId),
      terminal,
      turns: this.#turns,
      onDrain,
      onError: (error) => this.#warn('a recording could not be written', error),
      onSize: (bytes) => {
        this.#bytes += bytes;
        if (this.#bytes > this.maxBytes && Date.now() - this.#expiredAt > expireEveryMs)
          this.expire().catch((error) => this.#warn('recordings could not be expired', error));
      },
    });
    this.#live.set(nameOf(sandboxId, terminal), recording);
    return recording;
  }

  /** Resolves when all that was shown until now is on disk, or the disk hangs. */
  async flush(): Promise<void> {
    await Promise.all([...this.#live.values()].map((recording) => recording.flush()));
  }

  /** Resolves when the output of this machine's terminals is on disk, or the disk hangs. */
  async close(sandboxId: string): Promise<void> {
    await Promise.all(
      this.#of(sandboxId).map(async ([name, recording]) => {
        await recording.close();
        this.#live.delete(name);
      }),
    );
  }

  /** Deletes what is kept of a machine that was closed. Idempotent. */
  async remove(sandboxId: string): Promise<void> {
    const { bytes } = await this.#folder(sandboxId);
    await rm(join(this.#root, sandboxId), { recursive: true, force: true });
    this.#bytes -= bytes;
  }

  /** Terminals of a machine of which something is kept. */
  terminals(sandboxId: string): Promise<string[]> {
    return recordedTerminals(join(this.#root, sandboxId));
  }

  /** Null when nothing is kept. */
  async index(sandboxId: string, terminal: string): Promise<RecordingIndex | null> {
    await this.#live.get(nameOf(sandboxId, terminal))?.flush();
    return readIndex(join(this.#root, sandboxId), terminal);
  }

  /** As {@link readRecording}. */
  async range(
    sandboxId: string,
    terminal: string,
    range: { from?: number | undefined; most: number },
  ): Promise<{ offset: number; bytes: Buffer } | null> {
    await this.#live.get(nameOf(sandboxId, terminal))?.flush();
    return readRecording(join(this.#root, sandboxId), terminal, range);
  }

  /**
   * Deletes what is older than 30 days, and the oldest while there is too much; of machines that run
   * only then, beginning with what is longest.
   */
  expire(now: number = Date.now()): Promise<void> {
    this.#expiring ??= this.#expire(now).finally(() => {
      this.#expiring = undefined;
    });
    return this.#expiring;
  }

  async #expire(now: number): Promise<void> {
    this.#expiredAt = Date.now();
    const folders = await Promise.all(
      (await readdir(this.#root).catch(() => [])).map((id) => this.#folder(id)),
    );
    this.#bytes = folders.reduce((sum, { bytes }) => sum + bytes, 0);
    const goal = this.#bytes > this.maxBytes ? this.maxBytes * (1 - spareFraction) : this.maxBytes;
    const oldestFirst = folders.sort((one, two) => one.usedMs - two.usedMs);
    for (const { id, bytes, usedMs } of oldestFirst) {
      if (this.#of(id).length > 0) continue;
      if (this.#bytes <= goal && now - usedMs <= keepDays * 86_400_000) continue;
      await rm(join(this.#root, id), { recursive: true, force: true });
      this.#bytes -= bytes;
    }
    while (this.#bytes > goal && (await this.#longest()?.shorten()));
  }

  #longest(): Recording | undefined {
    return [...this.#live.values()].sort((one, two) => two.bytes - one.bytes)[0];
  }

  async #folder(id: string): Promise<Folder> {
    const dir = join(this.#root, id);
    const files = await readdir(dir).catch(() => []);
    const stats = await Promise.all(files.map((file) => stat(join(dir, file)).catch(() => null)));
    const found = stats.filter((one) => one !== null);
    return {
      id,
      usedMs: Math.max(0, ...found.map(({ mtimeMs }) => mtimeMs)),
      bytes: found.reduce((sum, { size }) => sum + size, 0),
    };
  }

  #of(sandboxId: string): [string, Recording][] {
    return [...this.#live].filter(([name]) => name.startsWith(`${sandboxId}/`));
  }
}

const nameOf = (sandboxId: string, terminal: string): string => `${sandboxId}/${terminal}`;
