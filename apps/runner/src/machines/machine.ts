import {
  type Answer,
  AppError,
  type CheckId,
  type CloseReason,
  type LearnerPath,
  type OpenStep,
  type RunnerEvent,
  type SandboxInfo,
  type SandboxState,
} from '@tatami/protocol';
import { learner, type Sandbox } from '@tatami/sandbox';
import type { Recording } from '../terminals/recording.ts';
import type { Recordings } from '../terminals/recordings.ts';
import { Terminal } from '../terminals/terminal.ts';
import { type DeadlineLimits, Deadlines } from './deadlines.ts';
import { KernelWatch, type KernelWatchContext } from './kernel-watch.ts';
import type { FollowedMap, MapListener } from './map-feed.ts';
import { StepWatch } from './step-watch.ts';

/** What every machine of a runner shares. */
export interface MachineContext extends KernelWatchContext {
  recordings: Recordings;
  limits: DeadlineLimits;
}

/** Keys that follow one another so fast are one. */
const touchMs = 250;
/** Fine enough for a display in minutes. */
const announceIdleMs = 30_000;

/** A learner's sandbox with its terminals, open step, deadlines and those who listen. */
export class Machine {
  readonly id: string;
  readonly #sandbox: Sandbox;
  readonly #context: MachineContext;
  readonly #createdAt = Date.now();
  readonly #deadlines: Deadlines;
  readonly #terminals = new Map<string, Terminal>();
  readonly #recordings = new Map<string, Recording>();
  /** Terminals whose next client gets a new shell: the step was begun anew. */
  readonly #renewed = new Set<string>();
  readonly #listeners = new Set<(event: RunnerEvent) => void>();
  readonly #watch: KernelWatch;
  #announcedIdle = 0;
  #touchTimer: NodeJS.Timeout | undefined;
  #state: SandboxState = 'ready';
  #closing: Promise<void> | undefined;

  constructor(sandbox: Sandbox, context: MachineContext) {
    this.id = sandbox.id;
    this.#sandbox = sandbox;
    this.#context = context;
    this.#deadlines = new Deadlines(context.limits, this.#createdAt);
    this.#watch = new KernelWatch(sandbox, context, {
      onVerdict: (stepId, verdict) => this.#emit({ type: 'verdict', stepId, verdict }),
      onEnded: () => this.#crashed(),
      offsets: () =>
        this.terminals.map(({ id, offset }) => ({
          ...{ terminal: id, offset, machine: this.id },
        })),
      terminals: () =>
        this.terminals.filter(({ alive }) => alive).map(({ id, pid }) => ({ id, pid })),
    });
  }

  get state(): SandboxState {
    return this.#state;
  }

  get terminals(): Terminal[] {
    return [...this.#terminals.values()];
  }

  get info(): SandboxInfo {
    const iso = (ms: number) => new Date(ms).toISOString();
    const { lookedAt = null, openedAt = null } = this.#watch.step ?? {};
    return {
      id: this.id,
      state: this.#state,
      createdAt: iso(this.#createdAt),
      idleDeadline: iso(this.#deadlines.idle),
      absoluteDeadline: iso(this.#deadlines.absolute),
      extendable: this.#deadlines.extendable,
      lookedAt: lookedAt === null ? null : iso(lookedAt),
      stepOpenedAt: openedAt === null ? null : iso(openedAt),
      terminals: this.terminals.map(({ id, offset, alive }) => ({ id, offset, alive })),
    };
  }

  /** Calls `listener` with the state now and with every event after. @returns how to stop. */
  subscribe(listener: (event: RunnerEvent) => void): () => void {
    this.#listeners.add(listener);
    listener({
      type: 'state',
      sandbox: this.info,
      stepId: this.#watch.step?.stepId ?? null,
      verdicts: this.#watch.step?.verdicts ?? [],
    });
    return () => this.#listeners.delete(listener);
  }

  /** Tells what the map of the machine shows. @throws `sandbox.not-ready`. */
  followMap(listener: MapListener): FollowedMap {
    this.#mustBeReady();
    return this.#watch.follow(listener);
  }

  /** Makes the step's start state and watches its checks from then on. @throws `sandbox.setup-failed`. */
  async openStep(step: OpenStep): Promise<void> {
    this.#mustBeReady();
    const before = this.#watch.pause();
    try {
      await this.#makeStartState(step);
      this.#mustBeReady();
    } catch (error) {
      if (this.#state === 'ready') this.#watch.resume(before, false);
      throw error;
    }
    this.#watch.resume(new StepWatch(step), true);
  }

  /** What the learner typed for a check of the open step. @throws `check.no-answer` when nothing is asked there. */
  answer(checkId: CheckId, answer: Answer): void {
    this.#mustBeReady();
    if (!this.#watch.answer(checkId, answer)) throw new AppError('check.no-answer');
  }

  /** What the learner has typed in the drill that is open. */
  get path(): LearnerPath {
    return this.#watch.path;
  }

  /**
   * The terminal of this id, with a shell when it never had one; with `fresh` also when that has ended.
   * @throws `sandbox.not-ready`.
   */
  terminal(id: string, size: { cols: number; rows: number }, fresh: boolean): Terminal {
    this.#mustBeReady();
    const existing = this.#terminals.get(id);
    if (existing && (existing.alive || !(fresh || this.#renewed.has(id)))) return existing;
    this.#renewed.delete(id);
    const env = { TATAMI_TERMINAL: id };
    const command = this.#sandbox.enterCommand(['/bin/bash', '--login'], {
      user: learner,
      tty: true,
      env,
    });
    const terminal = new Terminal({
      id,
      command: { ...command, ...size },
      recording: this.#recording(id),
      onEnd: () => this.#announce(),
      onError: (error) => this.#context.warn('a screen could not be drawn', error),
    });
    this.#terminals.set(id, terminal);
    this.#announce();
    return terminal;
  }

  /** The learner typed, which is taken note of once the echo is out. */
  touch(): void {
    this.#touchTimer ??= setTimeout(() => this.#touched(), touchMs);
  }

  /** Listeners hear of the new deadline now and then, not at every key. */
  #touched(): void {
    this.#touchTimer = undefined;
    if (this.#state !== 'ready') return;
    const now = Date.now();
    this.#deadlines.touch(now);
    this.#watch.typed();
    if (this.#deadlines.idle - this.#announcedIdle > announceIdleMs) this.#announce();
  }

  /** @throws `machine.limit` when it may not run any longer. */
  extend(): void {
    const extended = this.#deadlines.extend(Date.now());
    this.#announce();
    if (!extended) throw new AppError('machine.limit');
  }

  /** False once its PID 1 has ended. */
  get isAlive(): boolean {
    return this.#sandbox.isAlive;
  }

  /** Says what the deadlines have to say. @returns why the machine has to close now, if it does. */
  tick(now: number): CloseReason | null {
    const due = this.#deadlines.due(now);
    if (due?.type === 'expired') return due.limit;
    if (due) this.#emit(due);
    return null;
  }

  /** Ends everything; resolves when nothing is left of the sandbox. Idempotent. */
  close(reason: CloseReason): Promise<void> {
    this.#closing ??= (async () => {
      this.#state = 'closing';
      clearTimeout(this.#touchTimer);
      this.#watch.close();
      this.#announce();
      const { terminals } = this;
      for (const terminal of terminals) terminal.hangUp();
      try {
        await this.#sandbox.close();
      } finally {
        await Promise.all(terminals.map((terminal) => terminal.close()));
        await this.#context.recordings.close(this.id);
      }
      this.#state = 'closed';
      this.#emit({ type: 'closed', reason });
      this.#listeners.clear();
    })().catch((error: unknown) => {
      // Tried again by the next tick.
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  async #makeStartState({ restart, setup }: OpenStep): Promise<void> {
    if (restart) {
      await this.#sandbox.endProcesses();
      for (const id of this.#terminals.keys()) this.#renewed.add(id);
    }
    if (!setup.trim()) return;
    const result = await this.#sandbox.exec(`set -eu\n${setup}`);
    if (result.status !== 0)
      throw new AppError('sandbox.setup-failed', { cause: new Error(result.stderr) });
  }

  #recording(id: string): Recording {
    const existing = this.#recordings.get(id);
    if (existing) return existing;
    const recording = this.#context.recordings.open(this.id, id, () =>
      this.#terminals.get(id)?.recordingDrained(),
    );
    this.#recordings.set(id, recording);
    return recording;
  }

  #mustBeReady(): void {
    if (this.#state !== 'ready') throw new AppError('sandbox.not-ready');
  }

  #announce(): void {
    this.#announcedIdle = this.#deadlines.idle;
    this.#emit({ type: 'sandbox', sandbox: this.info });
  }

  #emit(event: RunnerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #crashed(): void {
    this.close('crashed').catch((error) =>
      this.#context.warn('a machine that had ended could not be closed', error),
    );
  }
}
