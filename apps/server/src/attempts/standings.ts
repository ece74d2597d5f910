import type { Attempt, CheckVerdict, Machine, SandboxInfo } from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { Answers } from './answers.ts';
import type { AttemptRecord, AttemptStore, Passed } from './attempt-store.ts';
import { drawnFor } from './drawn.ts';
import type { Drills } from './drills.ts';
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
  readonly #drills: Drills;
  readonly #answers: Answers;
  readonly #quizzes: Quizzes;

  constructor(parts: {
    labs: Labs;
    store: AttemptStore;
    drills: Drills;
    answers: Answers;
    quizzes: Quizzes;
  }) {
    this.#labs = parts.labs;
    this.#store = parts.store;
    this.#drills = parts.drills;
    this.#answers = parts.answers;
    this.#quizzes = parts.quizzes;
  }

  async of(record: AttemptRecord, seen: Seen | undefined): Promise<Attempt> {
    const lab = this.#labs.get(record.labId);
    const step = lab.step(record.stepId);
    const drawn = step && drawnFor(record, step);
    const all = await this.#store.passed(record);
    const passed = await this.#drills.passed(record, step);
    const drill = step ? await this.#drills.open(record, step) : null;
    const opened = await this.#store.opened(record);
    const assisted = await this.#store.assisted(record);
    const answers = step ? await this.#answers.of(record, step) : [];
    const quiz = step ? await this.#quizzes.of(record, step, all) : null;
    const verdicts = [
      ...(drawn?.checks ?? []).flatMap(({ id }) => seen?.verdicts.get(id) ?? []),
      ...(quiz ? [quizVerdict(quiz)] : []),
    ];
    const idsOf = (some: Passed[]) => some.map(({ checkId }) => checkId);
    return {
      lab: record.labId,
      stepId: record.stepId,
      machine: seen?.sandbox ? machineOf(seen.sandbox, record.generation) : null,
      lastMachine: record.sandboxId ? null : lastOf(record),
      passed,
      answers: answers.map(({ checkId, answer, tries }) => ({ checkId, answer, tries })),
      verdicts: verdicts.filter(({ checkId }) => !idsOf(passed).includes(checkId)),
      steps: stepStates(lab, { current: record.stepId, opened, passed: idsOf(all) }),
      assisted,
      asked: drawn?.asked ?? [],
      quizzes: quiz ? [quiz] : [],
      drill: drill?.openedAt ? { openedAt: drill.openedAt } : null,
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
