import type { Attempt, CheckVerdict, Machine, SandboxInfo } from '@tatami/protocol';
import type { AttemptRecord, Passed, Typed } from './attempt-store.ts';

/** What a browser is shown of an attempt: never its seed, nor what was drawn by it. */
export function standing(
  record: AttemptRecord,
  known: {
    sandbox: SandboxInfo | undefined;
    passed: Passed[];
    answers: Typed[];
    /** Of the open step's checks. */
    verdicts: CheckVerdict[];
  },
): Attempt {
  const { sandbox, passed, answers, verdicts } = known;
  return {
    lab: record.labId,
    stepId: record.stepId,
    machine: sandbox ? machineOf(sandbox, record.generation) : null,
    lastMachine: record.sandboxId ? null : lastOf(record),
    passed,
    answers,
    verdicts: verdicts.filter(({ checkId }) => !passed.some((one) => one.checkId === checkId)),
    steps: [],
    assisted: [],
    asked: [],
    quizzes: [],
    drill: null,
  };
}

function machineOf(sandbox: SandboxInfo, generation: number): Machine {
  const { state, idleDeadline, absoluteDeadline, extendable } = sandbox;
  const terminals = sandbox.terminals.map(({ id, alive }) => ({ id, alive }));
  return { state, idleDeadline, absoluteDeadline, extendable, terminals, generation };
}

function lastOf({ last }: AttemptRecord): Attempt['lastMachine'] {
  return last && { closedAt: last.closedAt, reason: last.reason, screens: last.screens };
}
