import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../user-error.ts';

const startTimeoutMs = 30_000;
const pollMs = 25;
/** Closing many sandboxes takes a moment; after this something hangs. */
const stopTimeoutMs = 30_000;
/** A service that ends this often within a minute is broken, and restarting it hides that. */
const restartsPerMinute = 5;
const restartPauseMs = 500;

/** How to run one of the two services and see that it answers. */
export interface ServiceSpec {
  name: string;
  command: [file: string, ...args: string[]];
  env: Record<string, string>;
  isReady: () => Promise<boolean>;
}

/** A program that is started, watched, started again when it ends, and stopped. */
export class Service {
  readonly #spec: ServiceSpec;
  readonly #onBroken: (error: UserError) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  #ends: number[] = [];

  /** `onBroken` is told when it ended too often and was given up. */
  constructor(spec: ServiceSpec, onBroken: (error: UserError) => void) {
    this.#spec = spec;
    this.#onBroken = onBroken;
  }

  /** Resolves once it answers. @throws UserError when it ends before that, or takes too long. */
  async start(): Promise<void> {
    const child = this.#spawn();
    let ended: string | undefined;
    child.once('exit', () => {
      ended = 'ended at once; its own message is above';
    });
    // Where processes or descriptors are used up there is a child that never was, and no exit.
    child.on('error', ({ message }) => {
      ended = `could not be run: ${message}`;
    });
    const deadline = Date.now() + startTimeoutMs;
    // Another program may answer on the same port: what ended is not ready, whoever speaks.
    while (!(await this.#spec.isReady()) || ended) {
      if (ended) throw new UserError(`the ${this.#spec.name} ${ended}.`);
      if (Date.now() > deadline) {
        await end(child);
        throw new UserError(`the ${this.#spec.name} did not answer in ${startTimeoutMs / 1000} s.`);
      }
      await delay(pollMs);
    }
    child.once('exit', (code, signal) => this.#ended(signal ?? `exit ${code}`));
  }

  /** Asks it to end and waits; resolves when it is gone. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child) await end(this.#child);
  }

  #spawn(): ChildProcess {
    const [file, ...args] = this.#spec.command;
    // A group of its own: Ctrl-C reaches us alone, and we stop the services in order.
    this.#child = spawn(file, args, {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...this.#spec.env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      cwd: '/',
    });
    return this.#child;
  }

  #ended(how: string): void {
    if (this.#stopping) return;
    process.stderr.write(`The ${this.#spec.name} ended (${how}); starting it again.\n`);
    const now = Date.now();
    this.#ends = [...this.#ends.filter((at) => now - at < 60_000), now];
    const again =
      this.#ends.length > restartsPerMinute
        ? Promise.reject(new UserError(`the ${this.#spec.name} keeps ending; giving up.`))
        : this.start();
    again.catch((error: unknown) => {
      if (this.#stopping) return;
      if (this.#ends.length > restartsPerMinute) this.#onBroken(error as UserError);
      else setTimeout(() => this.#ended('it did not start'), restartPauseMs);
    });
  }
}

/**
 * Starts one after the other, unless `ended` comes before that is done.
 * @returns whether all answer. @throws what `ended` brings, for then one of them was given up.
 */
export async function startInTurn(
  services: Pick<Service, 'start'>[],
  ended: Promise<UserError | undefined>,
): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (const service of services) {
    await Promise.race([service.start(), ended]);
    if (over) break;
  }
  const error = over && (await ended);
  if (error) throw error;
  return !over;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
}
