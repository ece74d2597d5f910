import { randomBytes } from 'node:crypto';
import type { Lab, LabStep } from '@tatami/lab-format/loader';
import {
  type Answer,
  AppError,
  type Attempt,
  type CheckSpec,
  type CheckVerdict,
  type CloseReason,
  type LearnerEvent,
  type SandboxInfo,
} from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { isDiskFull } from '../store/database.ts';
import { Answers, demandAnswerable } from './answers.ts';
import type { AttemptKey, AttemptRecord, AttemptStore } from './attempt-store.ts';
import { Locks } from './locks.ts';
import { MachineLink } from './machine-link.ts';
import { standing } from './standing.ts';

/** What is known of a running machine; `sandbox` is undefined until the runner has told of it. */
interface Live {
  link: MachineLink;
  /** The runner does not answer now. */
  lost: boolean;
  sandbox: SandboxInfo | undefined;
  verdicts: Map<string, CheckVerdict>;
}

type Listener = (event: LearnerEvent) => void;
const nameOf = ({ learnerId, labId }: AttemptKey) => `${learnerId}/${labId}`;

/**
 * Learners in labs: the machine that runs, the step that is open, what has passed. Commands of one
 * attempt run one after another.
 */
export class Attempts {
  readonly #store: AttemptStore;
  readonly #runner: RunnerClient;
  readonly #labs: Labs;
  readonly #answers: Answers;
  readonly #warn: (message: string, error: unknown) => void;
  readonly #locks = new Locks();
  readonly #live = new Map<string, Live>();
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(parts: {
    store: AttemptStore;
    runner: RunnerClient;
    labs: Labs;
    warn: (message: string, error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#runner = parts.runner;
    this.#labs = parts.labs;
    this.#answers = new Answers(parts.store, parts.runner);
    this.#warn = parts.warn;
  }

  /** Follows the machines that run since before this server started. */
  async resume(): Promise<void> {
    const records = await this.#store.withMachine();
    for (const record of records) if (record.sandboxId) this.#follow(record, record.sandboxId);
    const known = new Set(records.map(({ sandboxId }) => sandboxId));
    await this.#removeStrangers(known).catch((error: unknown) => {
      // Without a runner there is nothing to remove: the next one begins with none.
      if (!(error instanceof AppError && error.code === 'runner.unreachable')) throw error;
    });
  }

  /** Machines that an earlier server began and could not save any more. */
  async #removeStrangers(known: Set<string | null>): Promise<void> {
    for (const { id } of await this.#runner.list())
      if (!known.has(id)) await this.#runner.remove(id);
  }

  /** Lets go of all machines; they go on without us. */
  close(): void {
    for (const { link } of this.#live.values()) link.close();
    this.#live.clear();
  }

  async view(key: AttemptKey): Promise<Attempt> {
    return this.#view(await this.#record(key));
  }

  /** Calls `listener` with the standing now and with every event after. @returns how to stop. */
  async subscribe(key: AttemptKey, listener: Listener): Promise<() => void> {
    const name = nameOf(key);
    const attempt = await this.view(key);
    listener({ type: 'attempt', attempt });
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    if (this.#live.get(name)?.lost) listener({ type: 'runner-lost' });
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(name);
    };
  }

  /** Starts a machine at the current step unless one runs. */
  start(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, async (record) => {
      this.#readyLab(key.labId);
      if (!record.sandboxId) return this.#startMachine(record);
      if (!this.#live.has(nameOf(key))) this.#follow(key, record.sandboxId);
      return record;
    });
  }

  stop(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, (record) => this.#stopMachine(record));
  }

  /** A fresh machine, or the step's start state in the one that runs; what was passed is kept. */
  reset(key: AttemptKey, scope: 'machine' | 'step'): Promise<Attempt> {
    return this.#change(key, async (record) => {
      if (scope === 'machine') return this.#startMachine(await this.#stopMachine(record));
      await this.#openStep(record, this.#sandboxOf(record), true);
      return record;
    });
  }

  extend(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, async (record) => {
      const sandbox = await this.#runner.extend(this.#sandboxOf(record));
      const live = this.#live.get(nameOf(key));
      if (live) live.sandbox = sandbox;
      return record;
    });
  }

  openStep(key: AttemptKey, stepId: string): Promise<Attempt> {
    return this.#change(key, async (record) => {
      this.#readyStep(key.labId, stepId);
      const next = { ...record, stepId };
      if (next.sandboxId) await this.#openStep(next, next.sandboxId, false);
      await this.#store.save(next);
      return next;
    });
  }

  /** Keeps what was typed for a check of the open step, and has it judged. */
  answer(key: AttemptKey, checkId: string, answer: Answer): Promise<Attempt> {
    return this.#change(key, async (record) => {
      demandAnswerable(this.#checksOf(record), checkId);
      await this.#answers.give(key, this.#sandboxOf(record), { checkId, answer });
      return record;
    });
  }

  /** The sandbox of the machine that runs. @throws `machine.missing`. */
  async sandboxId(key: AttemptKey): Promise<string> {
    return this.#sandboxOf(await this.#record(key));
  }

  /** What a terminal of the last machine showed. */
  async screen(key: AttemptKey, terminal: string): Promise<Buffer> {
    const { last } = await this.#record(key);
    if (!last) throw new AppError('machine.missing');
    return this.#runner.recording(last.sandboxId, terminal);
  }

  async #change(
    key: AttemptKey,
    change: (record: AttemptRecord) => Promise<AttemptRecord>,
  ): Promise<Attempt> {
    return this.#locks.run(nameOf(key), async () => {
      try {
        const attempt = await this.#view(await change(await this.#record(key)));
        this.#tell(key, { type: 'attempt', attempt });
        return attempt;
      } catch (error) {
        // It may have been carried out in part: a machine ended, the next one refused.
        await this.#tellStanding(key);
        throw error;
      }
    });
  }

  async #record(key: AttemptKey): Promise<AttemptRecord> {
    const lab = this.#labs.get(key.labId);
    const found = await this.#store.find(key);
    if (!found) {
      const seed = randomBytes(16).toString('hex');
      return { ...key, stepId: lab.firstStep, seed, sandboxId: null, generation: 0, last: null };
    }
    // A step that a newer version of the lab no longer has must not lock the learner out.
    return lab.step(found.stepId) ? found : { ...found, stepId: lab.firstStep };
  }

  async #startMachine(record: AttemptRecord): Promise<AttemptRecord> {
    const { id } = await this.#runner.create();
    try {
      const sandbox = await this.#openStep(record, id, false);
      const next = { ...record, sandboxId: id, generation: record.generation + 1, last: null };
      await this.#store.save(next);
      this.#follow(next, id, sandbox);
      return next;
    } catch (error) {
      await this.#runner.remove(id).catch((cause) => this.#warn('a machine was left over', cause));
      throw isDiskFull(error) ? new AppError('server.disk-full', { cause: error }) : error;
    }
  }

  async #stopMachine(record: AttemptRecord): Promise<AttemptRecord> {
    if (!record.sandboxId) return record;
    await this.#runner.remove(record.sandboxId);
    return this.#ended(record, record.sandboxId, 'requested');
  }

  async #openStep(
    record: AttemptRecord,
    sandboxId: string,
    restart: boolean,
  ): Promise<SandboxInfo> {
    const step = this.#readyStep(record.labId, record.stepId);
    const passed = (await this.#store.passed(record)).map(({ checkId }) => checkId);
    const { setup, checks } = step.draw(record.seed);
    const answers = Object.fromEntries(
      (await this.#answers.of(record, checks)).map(({ checkId, answer }) => [checkId, answer]),
    );
    this.#live.get(nameOf(record))?.verdicts.clear();
    const open = { stepId: step.id, setup, checks, passed, answers, restart };
    return this.#runner.openStep(sandboxId, open);
  }

  async #repeatAnswers(key: AttemptKey, sandboxId: string): Promise<void> {
    try {
      await this.#locks.run(nameOf(key), async () => {
        const record = await this.#record(key);
        if (record.sandboxId === sandboxId)
          await this.#answers.repeat(key, sandboxId, this.#checksOf(record));
      });
    } catch (error) {
      this.#warn('answers could not be told to the runner', error);
    }
  }

  /** Forgets the machine and remembers how it ended. */
  async #ended(
    record: AttemptRecord,
    sandboxId: string,
    reason: CloseReason,
  ): Promise<AttemptRecord> {
    const name = nameOf(record);
    const screens = await this.#runner.recordings(sandboxId);
    const last = { sandboxId, closedAt: new Date().toISOString(), reason, screens };
    const next = { ...record, sandboxId: null, last };
    await this.#store.save(next);
    this.#live.get(name)?.link.close();
    this.#live.delete(name);
    return next;
  }

  #follow(key: AttemptKey, sandboxId: string, sandbox?: SandboxInfo): void {
    const name = nameOf(key);
    this.#live.get(name)?.link.close();
    const live: Live = {
      sandbox,
      lost: false,
      verdicts: new Map(),
      link: new MachineLink(this.#runner, sandboxId, {
        savePassed: ({ checkId, verdict }) =>
          verdict.status === 'passed'
            ? this.#store.pass(key, { checkId, evidence: verdict.evidence })
            : Promise.resolve(),
        onState: ({ sandbox, verdicts }) => {
          live.sandbox = sandbox;
          live.lost = false;
          live.verdicts = new Map(verdicts.map((verdict) => [verdict.checkId, verdict]));
          void this.#tellStanding(key);
          void this.#repeatAnswers(key, sandboxId);
        },
        onEvent: (event) => {
          if (event.type === 'verdict') {
            live.verdicts.set(event.verdict.checkId, event.verdict);
            return this.#tell(key, { type: 'verdict', verdict: event.verdict });
          }
          if (event.type === 'warning') return this.#tell(key, event);
          live.sandbox = event.sandbox;
          void this.#tellStanding(key);
        },
        onLost: () => {
          live.lost = true;
          this.#tell(key, { type: 'runner-lost' });
        },
        onGone: (reason) => this.#gone(key, sandboxId, reason),
        warn: this.#warn,
      }),
    };
    this.#live.set(name, live);
  }

  /** The machine ended by itself. */
  #gone(key: AttemptKey, sandboxId: string, reason: CloseReason): Promise<void> {
    return this.#locks.run(nameOf(key), async () => {
      // Not by the lab: it may have become unavailable meanwhile.
      const record = await this.#store.find(key);
      if (record?.sandboxId !== sandboxId) return;
      await this.#ended(record, sandboxId, reason);
      this.#tell(key, { type: 'closed', reason });
    });
  }

  async #tellStanding(key: AttemptKey): Promise<void> {
    if (!this.#listeners.has(nameOf(key))) return;
    try {
      this.#tell(key, { type: 'attempt', attempt: await this.view(key) });
    } catch (error) {
      this.#warn('a learner could not be told of their machine', error);
    }
  }

  #tell(key: AttemptKey, event: LearnerEvent): void {
    for (const listener of this.#listeners.get(nameOf(key)) ?? []) listener(event);
  }

  async #view(record: AttemptRecord): Promise<Attempt> {
    const live = record.sandboxId ? this.#live.get(nameOf(record)) : undefined;
    const checks = this.#checksOf(record);
    return standing(record, {
      sandbox: live?.sandbox,
      passed: await this.#store.passed(record),
      answers: await this.#answers.of(record, checks),
      verdicts: checks.flatMap(({ id }) => live?.verdicts.get(id) ?? []),
    });
  }

  /** Of the open step, as this learner gets it. */
  #checksOf({ labId, stepId, seed }: AttemptRecord): CheckSpec[] {
    return this.#labs.get(labId).step(stepId)?.draw(seed).checks ?? [];
  }

  #sandboxOf({ sandboxId }: AttemptRecord): string {
    if (!sandboxId) throw new AppError('machine.missing');
    return sandboxId;
  }

  #readyLab(labId: string): Lab {
    const lab = this.#labs.get(labId);
    if (lab.status !== 'ready') throw new AppError('lab.planned');
    return lab;
  }

  #readyStep(labId: string, stepId: string): LabStep {
    const step = this.#readyLab(labId).step(stepId);
    if (!step) throw new AppError('step.unknown');
    if (step.status !== 'ready') throw new AppError('step.planned');
    return step;
  }
}
