import { randomBytes } from 'node:crypto';
import type { LabStep } from '@tatami/lab-format/loader';
import {
  type Allowed,
  type Answer,
  AppError,
  type Attempt,
  type CheckVerdict,
  type CloseReason,
  type Debrief,
  type QuizAnswers,
  type Solution,
} from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import { Answers, demandAnswerable } from './answers.ts';
import {
  type AttemptKey,
  type AttemptRecord,
  type AttemptStore,
  nameOf,
  type Passed,
} from './attempt-store.ts';
import type { DrillStore } from './drill-store.ts';
import { Drills } from './drills.ts';
import { type AttemptNews, type Listener, Listeners } from './listeners.ts';
import { LiveMachines } from './live-machines.ts';
import { Locks } from './locks.ts';
import { Machines } from './machines.ts';
import type { QuizStore } from './quiz-store.ts';
import { Quizzes } from './quizzes.ts';
import { Solutions } from './solutions.ts';
import { Standings } from './standings.ts';

/** Who may do what in an attempt beside what the lesson says; each throws when it is nothing. */
export interface AttemptRules {
  mayWork(key: AttemptKey): Promise<Allowed>;
  mayRead(key: AttemptKey): Promise<Allowed>;
}

/** What {@link Attempts} works with. */
interface AttemptParts {
  store: AttemptStore;
  quizStore: QuizStore;
  drillStore: DrillStore;
  runner: RunnerClient;
  labs: Labs;
  rules: AttemptRules;
  warn: (message: string, error: unknown) => void;
}

/**
 * Learners in labs: the machine that runs, the step that is open, what has passed. Commands of one
 * attempt run one after another.
 */
export class Attempts {
  readonly #store: AttemptStore;
  readonly #runner: RunnerClient;
  readonly #labs: Labs;
  readonly #rules: AttemptRules;
  readonly #warn: AttemptParts['warn'];
  readonly #drills: Drills;
  readonly #answers: Answers;
  readonly #quizzes: Quizzes;
  readonly #solutions: Solutions;
  readonly #standings: Standings;
  readonly #live: LiveMachines;
  readonly #machines: Machines;
  readonly #locks = new Locks();
  readonly #listeners = new Listeners();

  constructor(parts: AttemptParts) {
    const { store, runner, labs, warn } = parts;
    this.#store = store;
    this.#runner = runner;
    this.#labs = labs;
    this.#rules = parts.rules;
    this.#warn = warn;
    const drills = new Drills(parts);
    this.#drills = drills;
    this.#answers = new Answers({ store, drills, runner });
    this.#quizzes = new Quizzes(parts.quizStore);
    this.#solutions = new Solutions(store);
    this.#standings = new Standings({
      ...{ labs, store, drills },
      ...{ answers: this.#answers, quizzes: this.#quizzes },
    });
    this.#live = new LiveMachines(parts.runner, {
      savePassed: (key, passed) => this.#savePassed(key, passed),
      onEvent: (key, event) => this.#listeners.tell(key, event),
      onChange: (key) => void this.#tellStanding(key),
      onFound: (key, sandboxId) => void this.#found(key, sandboxId),
      onGone: (key, sandboxId, reason) => this.#gone(key, sandboxId, reason),
      warn,
    });
    this.#machines = new Machines({
      ...{ store, runner, labs, drills, warn },
      ...{ answers: this.#answers, live: this.#live },
    });
  }

  /** Follows the machines that run since before this server started. */
  async resume(): Promise<void> {
    const records = await this.#store.withMachine();
    for (const record of records) if (record.sandboxId) this.#live.follow(record, record.sandboxId);
    await this.#machines.removeStrangers(new Set(records.map(({ sandboxId }) => sandboxId)));
  }

  /** Resolves when what machines have told until now is saved and told. */
  settled(): Promise<void> {
    return this.#live.settled();
  }

  /** Machines that are followed: those whose runner answers, and the others. */
  get links(): { up: number; lost: number } {
    return this.#live.links;
  }

  /** Lets go of all machines; they go on without us. */
  close(): void {
    this.#live.close();
  }

  /** Lets go of all machines of a learner, and runs `task` before any of their attempts can change again. */
  async letGo(learnerId: string, task: () => Promise<void>): Promise<void> {
    const records = await this.#store.ofLearner(learnerId);
    const locked = records.reduceRight<() => Promise<void>>(
      (inner, record) => () => this.#locks.run(nameOf(record), inner),
      async () => {
        for (const record of records) this.#live.leave(record);
        await task();
      },
    );
    await locked();
    for (const record of records)
      this.#listeners.tell(record, { type: 'closed', reason: 'requested' });
  }

  async view(key: AttemptKey): Promise<Attempt> {
    return this.#view(await this.#record(key));
  }

  /** Calls `listener` with the standing now and with every event after. @returns how to stop. */
  async subscribe(key: AttemptKey, listener: Listener): Promise<() => void> {
    listener({ type: 'attempt', attempt: await this.view(key) });
    if (this.#live.find(key)?.lost) listener({ type: 'runner-lost' });
    return this.#listeners.add(key, listener);
  }

  /** Calls `watcher` with what is new in any attempt; nothing waits for it. @returns how to stop. */
  watch(watcher: (news: AttemptNews) => void): () => void {
    return this.#listeners.watch(watcher);
  }

  /** The machine that runs, as far as it is known, and the verdicts that stand. */
  live(key: AttemptKey): { lost: boolean; terminals: string[]; verdicts: CheckVerdict[] } | null {
    const live = this.#live.find(key);
    if (!live) return null;
    const alive = live.sandbox?.terminals.filter((terminal) => terminal.alive) ?? [];
    return {
      lost: live.lost,
      terminals: alive.map(({ id }) => id),
      verdicts: [...live.verdicts.values()],
    };
  }

  /** Starts a machine at the current step unless one runs. */
  start(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, async (record) => {
      this.#labs.ready(key.labId);
      await this.#rules.mayWork(key);
      if (!record.sandboxId) return this.#machines.start(record);
      if (!this.#live.find(key)) this.#live.follow(key, record.sandboxId);
      return record;
    });
  }

  stop(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, (record) => this.#machines.stop(record));
  }

  /** As {@link stop}, which would begin an attempt that there is not. */
  async stopIfBegun(key: AttemptKey): Promise<void> {
    if (await this.#store.find(key)) await this.stop(key);
  }

  /** A fresh machine, or the step's start state in the one that runs; what was passed is kept. */
  reset(key: AttemptKey, scope: 'machine' | 'step'): Promise<Attempt> {
    return this.#change(key, async (record) => {
      await this.#rules.mayWork(key);
      return scope === 'machine'
        ? this.#machines.start(await this.#machines.stop(record))
        : this.#machines.resetStep(record);
    });
  }

  extend(key: AttemptKey): Promise<Attempt> {
    return this.#change(key, async (record) => {
      await this.#rules.mayWork(key);
      this.#live.note(key, await this.#runner.extend(sandboxOf(record)));
      return record;
    });
  }

  openStep(key: AttemptKey, stepId: string): Promise<Attempt> {
    return this.#change(key, async (record) => {
      const { skip } = await (record.sandboxId
        ? this.#rules.mayWork(key)
        : this.#rules.mayRead(key));
      if (!skip) await this.#demandInTurn(record, stepId);
      return this.#machines.openStep(record, stepId);
    });
  }

  /** @throws `workshop.no-skipping` when the step is new to the learner and one before it is not done. */
  async #demandInTurn(record: AttemptRecord, stepId: string): Promise<void> {
    if ((await this.#store.opened(record)).includes(stepId)) return;
    const passed = new Set((await this.#store.passed(record)).map(({ checkId }) => checkId));
    const lab = this.#labs.get(record.labId);
    const before = lab.stepIds.slice(0, lab.stepIds.indexOf(stepId)).map((id) => lab.step(id));
    const isDone = (step: LabStep) => step.checkIds.every((checkId) => passed.has(checkId));
    if (before.some((step) => step?.status === 'ready' && !isDone(step)))
      throw new AppError('workshop.no-skipping');
  }

  /** Keeps what was typed for a check of the open step, and has it judged. */
  answer(key: AttemptKey, checkId: string, answer: Answer): Promise<Attempt> {
    return this.#change(key, async (record) => {
      await this.#rules.mayWork(key);
      const step = this.#stepOf(record);
      demandAnswerable(record, step, checkId);
      await this.#answers.give(record, step, sandboxOf(record), { checkId, answer });
      return record;
    });
  }

  /** Keeps and grades a round of the open step's quiz. */
  answerQuiz(key: AttemptKey, checkId: string, { answers }: QuizAnswers): Promise<Attempt> {
    return this.#change(key, async (record) => {
      await this.#rules.mayWork(key);
      const step = this.#stepOf(record);
      const passed = await this.#store.passed(record);
      const given = { checkId, answers };
      const evidence = await this.#quizzes.answer(record, step, passed, given);
      if (evidence) {
        const verdict = { checkId, verdict: { status: 'passed' as const, evidence } };
        this.#listeners.tell(key, { type: 'verdict', verdict });
      }
      return record;
    });
  }

  /** Shows how a check of the open step can be met; the learner was helped from then on. */
  solution(key: AttemptKey, checkId: string): Promise<Solution> {
    return this.#inOrder(key, async (record) => {
      const { solve } = await this.#rules.mayWork(key);
      if (!solve) throw new AppError('workshop.no-solutions');
      const passed = await this.#store.passed(record);
      const step = this.#stepOf(record);
      const solution = await this.#solutions.ask(record, step, passed, checkId);
      await this.#tellStanding(key);
      return solution;
    });
  }

  /** The open drill looked back on. */
  debrief(key: AttemptKey): Promise<Debrief> {
    return this.#inOrder(key, (record) => this.#drills.debrief(record, this.#stepOf(record)));
  }

  /** The sandbox of the machine that runs. @throws `machine.missing`. */
  async sandboxId(key: AttemptKey): Promise<string> {
    return sandboxOf(await this.#record(key));
  }

  /** The last `most` bytes that a terminal of the last machine showed; none when nothing was kept. */
  async screen(key: AttemptKey, terminal: string, most: number): Promise<Buffer> {
    const { last } = await this.#record(key);
    if (!last) throw new AppError('machine.missing');
    try {
      return (await this.#runner.recorded(last.sandboxId, terminal, { most })).bytes;
    } catch (error) {
      if (error instanceof AppError && error.code === 'recording.unknown') return Buffer.alloc(0);
      throw error;
    }
  }

  /** The machine that runs, or the last one; then those that evidence names. Recordings of theirs are the learner's. */
  async machines(key: AttemptKey): Promise<string[]> {
    const record = await this.#record(key);
    const passed = await this.#store.passed(record);
    const named = passed.flatMap(({ evidence }) => evidence.offsets.map(({ machine }) => machine));
    const all = [record.sandboxId, record.last?.sandboxId, record.drill?.sandboxId, ...named];
    return [...new Set(all)].filter((id) => id != null);
  }

  #inOrder<T>(key: AttemptKey, task: (record: AttemptRecord) => Promise<T>): Promise<T> {
    return this.#locks.run(nameOf(key), async () => task(await this.#record(key)));
  }

  #change(
    key: AttemptKey,
    change: (record: AttemptRecord) => Promise<AttemptRecord>,
  ): Promise<Attempt> {
    return this.#inOrder(key, async (record) => {
      try {
        const attempt = await this.#view(await change(record));
        this.#listeners.tell(key, { type: 'attempt', attempt });
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
    // A step that a newer version of the lab no longer has must not lock the learner out.
    if (found) return lab.step(found.stepId) ? found : { ...found, stepId: lab.firstStep };
    const seed = randomBytes(16).toString('hex');
    const fresh: AttemptRecord = {
      ...{ ...key, stepId: lab.firstStep, seed },
      ...{ sandboxId: null, generation: 0, drill: null, last: null },
    };
    // What is drawn must not change between two looks.
    return lab.status === 'ready' ? this.#store.begin(fresh) : fresh;
  }

  async #savePassed(key: AttemptKey, passed: Passed): Promise<void> {
    await this.#store.pass(key, passed);
    if (!(await this.#drills.asks(key, passed.checkId))) return;
    // Not while a step is being opened: in which drill it passed must be clear.
    await this.#inOrder(key, (record) => this.#drills.tick(record, passed));
    void this.#lookBack(key);
  }

  async #lookBack(key: AttemptKey): Promise<void> {
    try {
      await this.#inOrder(key, (record) => this.#drills.finish(record));
    } catch (error) {
      this.#warn('a drill could not be looked back on yet', error);
    }
  }

  /** The runner answers, at first or again: what was missed is made up for. */
  async #found(key: AttemptKey, sandboxId: string): Promise<void> {
    try {
      await this.#inOrder(key, async (record) => {
        if (record.sandboxId !== sandboxId) return;
        await this.#answers.repeat(record, this.#stepOf(record), sandboxId);
        await this.#drills.finish(record);
      });
    } catch (error) {
      this.#warn('answers could not be told to the runner', error);
    }
  }

  /** The machine ended by itself. */
  #gone(key: AttemptKey, sandboxId: string, reason: CloseReason): Promise<void> {
    return this.#locks.run(nameOf(key), async () => {
      // Not by the lab: it may have become unavailable meanwhile.
      const record = await this.#store.find(key);
      if (record?.sandboxId !== sandboxId) return;
      await this.#machines.ended(record, sandboxId, reason);
      this.#listeners.tell(key, { type: 'closed', reason });
      // Unasked: the server may be about to end as well.
      await this.#tellStanding(key);
    });
  }

  async #tellStanding(key: AttemptKey): Promise<void> {
    this.#listeners.changed(key);
    if (!this.#listeners.has(key)) return;
    try {
      this.#listeners.tell(key, { type: 'attempt', attempt: await this.view(key) });
    } catch (error) {
      this.#warn('a learner could not be told of their machine', error);
    }
  }

  #view(record: AttemptRecord): Promise<Attempt> {
    const live = record.sandboxId ? this.#live.find(record) : undefined;
    return this.#standings.of(record, live);
  }

  #stepOf({ labId, stepId }: AttemptRecord): LabStep {
    return this.#labs.readyStep(labId, stepId);
  }
}

function sandboxOf({ sandboxId }: AttemptRecord): string {
  if (!sandboxId) throw new AppError('machine.missing');
  return sandboxId;
}
