import type { Attempt, CheckVerdict, Machine, SandboxInfo } from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { Answers } from './answers.ts';
import type { AttemptRecord, AttemptStore } from './attempt-store.ts';
import { type Quizzes, quizVerdict } from './quizzes.ts';
import { stepStates } from './step-states.ts';

/** What the runner has said of the machine that runs. */
interface Seen {
  sandbox: SandboxInfo | undefined;
  verdicts: Map<string, CheckVerdict>;
}

/** Puts together what a browser is shown of an attempt: never its seed, nor what was drawn by it. */
export class Standings {
  readonly #labs: Labs;
  readonly #store: AttemptStore;
  readonly #answers: Answers;
  readonly #quizzes: Quizzes;

  constructor(parts: { labs: Labs; store: AttemptStore; answers: Answers; quizzes: Quizzes }) {
    this.#labs = parts.labs;
    this.#store = parts.store;
    this.#answers = parts.answers;
    this.#quizzes = parts.quizzes;
  }

  async of(record: AttemptRecord, seen: Seen | undefined): Promise<Attempt> {
    const lab = this.#labs.get(record.labId);
    const step = lab.step(record.stepId);
    const drawn = step?.draw(record.seed);
    const passed = await this.#store.passed(record);
    const opened = await this.#store.opened(record);
    const assisted = await this.#store.assisted(record);
    const answers = await this.#answers.of(record, drawn?.checks ?? []);
    const quiz = step ? await this.#quizzes.of(record, step, passed) : null;
    const verdicts = [
      ...(drawn?.checks ?? []).flatMap(({ id }) => seen?.verdicts.get(id) ?? []),
      ...(quiz ? [quizVerdict(quiz)] : []),
    ];
    const passedIds = passed.map(({ checkId }) => checkId);
    return {
      lab: record.labId,
      stepId: record.stepId,
      machine: seen?.sandbox ? machineOf(seen.sandbox, record.generation) : null,
      lastMachine: record.sandboxId ? null : lastOf(record),
      passed,
      answers,
      verdicts: verdicts.filter(({ checkId }) => !passedIds.includes(checkId)),
      steps: stepStates(lab, { current: record.stepId, opened, passed: passedIds }),
      assisted,
      asked: drawn?.asked ?? [],
      quizzes: quiz ? [quiz] : [],
      drill: null,
    };
  }
}

function machineOf(sandbox: SandboxInfo, generation: number): Machine {
  const { state, idleDeadline, absoluteDeadline, extendable } = sandbox;
  const terminals = sandbox.terminals.map(({ id, alive }) => ({ id, alive }));
  return { state, idleDeadline, absoluteDeadline, extendable, terminals, generation };
}

function lastOf({ last }: AttemptRecord): Attempt['lastMachine'] {
  return last && { closedAt: last.closedAt, reason: last.reason, screens: last.screens };
}
