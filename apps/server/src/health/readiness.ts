import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadyPart } from '@tatami/protocol';
import type { FastifyBaseLogger } from 'fastify';
import { sql } from 'kysely';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';

/** Whoever asks, one look a second: a look writes to the disk. */
const freshMs = 1_000;
/** A part that answers later is as good as gone. */
const timeoutMs = 2_000;
/** What the data folder is asked to take: more than file systems keep beside a file's name. */
const probeBytes = 4096;

interface ReadinessParts {
  store: Store;
  dataDir: string;
  runner: Pick<RunnerClient, 'health'>;
  /** Told when what fails becomes another, with why. */
  tell: (failing: { part: ReadyPart; cause: unknown }[]) => void;
}

/** Whether learners can work: what the server stands on answers. */
export class Readiness {
  readonly #parts: ReadinessParts;
  #last: { atMs: number; failing: Promise<ReadyPart[]> } | undefined;
  #told = '';
  /** A disk that hangs is asked once, or it would hold every thread that writes. */
  #writing: Promise<void> | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /** What does not answer, as of a second ago at most. */
  failing(): Promise<ReadyPart[]> {
    const nowMs = performance.now();
    if (!this.#last || nowMs - this.#last.atMs > freshMs)
      this.#last = { atMs: nowMs, failing: this.#look() };
    return this.#last.failing;
  }

  async #look(): Promise<ReadyPart[]> {
    const { store, runner } = this.#parts;
    const looks: [ReadyPart, Promise<unknown>][] = [
      ['database', sql`select 1 from learners limit 1`.execute(store)],
      ['data-folder', this.#write()],
      ['runner', runner.health(timeoutMs)],
    ];
    const outcomes = await Promise.all(
      looks.map(async ([part, look]) => {
        const cause = await inTime(look).then(
          () => null,
          (error: unknown) => error,
        );
        return { part, cause };
      }),
    );
    const failed = outcomes.filter(({ cause }) => cause !== null);
    const failing = failed.map(({ part }) => part);
    if (this.#told !== failing.join()) this.#parts.tell(failed);
    this.#told = failing.join();
    return failing;
  }

  #write(): Promise<void> {
    const path = join(this.#parts.dataDir, 'ready.probe');
    this.#writing ??= writeFile(path, Buffer.alloc(probeBytes))
      .finally(() => rm(path, { force: true }))
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Has the log say what fails now, with why. */
export function tellReadiness(
  log: Pick<FastifyBaseLogger, 'info' | 'error'>,
  failing: { part: ReadyPart; cause: unknown }[],
): void {
  if (failing.length === 0) log.info('ready again');
  for (const { part, cause } of failing) log.error({ part, err: cause }, 'not ready');
}
