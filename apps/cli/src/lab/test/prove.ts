import type { Drawn, LabStep } from '@tatami/lab-format/loader';
import { typeLines } from '@tatami/lab-format/rehearsal';
import { promptAtEnd, type Verdict } from '@tatami/protocol';
import { readable, tail } from '../../rehearsal/readable.ts';
import type { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import { answerAndMend } from '../../rehearsal/troubleshoot.ts';
import { becomes, notPassed, passes, settle, told } from '../../rehearsal/verdicts.ts';
import type { Job } from './job.ts';
import type { Claim, ProofKind } from './outcome.ts';

/** A learner like any other. */
const seed = 'lab test';
/** The longest command of a lesson looks for eight seconds. */
const withinMs = 20_000;

type Mistake = LabStep['mistakes']['mistakes'][number];
type Line = Mistake['type'][number];

/**
 * Each fault found by its shortest way, named and mended, as a solution does where the answer is drawn. In a
 * drill the rest of its flow comes before, with each fault.
 */
export function faultJobs(step: LabStep): Job[] {
  return step.draws.flatMap((drawn) => {
    const { fault, checks } = drawn;
    if (!fault) return [];
    const asked = checks.filter(({ answer }) => answer?.cause).map(({ id }) => id);
    const others = step.drill ? checks.map(({ id }) => id).filter((id) => !asked.includes(id)) : [];
    const claim = (check: string) =>
      ({ kind: 'solution', step: step.id, check, name: `of ${fault.id}` }) as const;
    return {
      ...{ step: step.id, claims: [...others, ...asked].map(claim), weight: 20 },
      run: async (machine, decide) => {
        await openStep(machine, step.id, drawn);
        await settle(machine);
        for (const check of others)
          decide({ ...claim(check), failure: await solve(machine, step, check, drawn) });
        const whole = { withinMs, lastWithinMs: withinMs };
        const shown = await typeLines(machine, fault.shortest, whole);
        await answerAndMend(machine, { fault, checks, shown });
        for (const check of asked) decide({ ...claim(check), failure: null });
      },
    };
  });
}

/**
 * Every check whose answer nobody draws passes by its own solution, from the start state; where a target is
 * drawn, for each of them.
 */
export function solutionJobs(step: LabStep): Job[] {
  if (step.drill) return [];
  return step
    .draw(seed)
    .checks.filter(({ answer }) => !answer?.cause)
    .flatMap(({ id }) => drawsOf(step, id).map((drawn) => solutionJob(step, id, drawn)));
}

/** One for each target that may be drawn for a check; they come round in turn. */
function drawsOf({ draw }: LabStep, check: string): Drawn[] {
  const targetOf = ({ checks }: Drawn) =>
    JSON.stringify(checks.find(({ id }) => id === check)?.target);
  const first = draw(seed);
  const draws = [first];
  for (let next = draw(seed, 1); targetOf(next) !== targetOf(first); ) {
    draws.push(next);
    next = draw(seed, draws.length);
  }
  return draws;
}

function solutionJob(step: LabStep, check: string, drawn: Drawn): Job {
  const about = drawn.asked.find(({ checkId }) => checkId === check)?.about ?? '';
  const claim: Claim = { kind: 'solution', step: step.id, check, name: about };
  return {
    ...{ step: step.id, claims: [claim], weight: 5 },
    run: async (machine, decide) => {
      await openStep(machine, step.id, drawn);
      decide({ ...claim, failure: await solve(machine, step, check, drawn) });
    },
  };
}

/** Types what a learner is shown who asks for the solution. @returns why the check does not pass, or null. */
export async function solve(
  machine: RehearsingMachine,
  step: LabStep,
  check: string,
  drawn: Drawn,
): Promise<string | null> {
  const lines = step.solution(check, drawn)?.lines ?? [];
  if (lines.length === 0) return 'step.yaml has none';
  const asks = drawn.checks.some(({ id, answer }) => id === check && answer);
  const shown = await typeLines(machine, lines, {
    withinMs,
    ...(asks && { lastWithinMs: withinMs }),
  });
  if (asks) await machine.answer(check, { value: lastNumber(shown) });
  return passes(machine, check);
}

/** What a solution shows last is what is asked for. */
export function lastNumber(shown: string): string {
  const output = readable(shown).replace(promptAtEnd, '');
  const value = output.match(/\d+(?!.*\d)/s)?.[0];
  if (value === undefined) throw new Error(`no number is shown:\n${tail(shown)}`);
  return value;
}

/** Every named mistake and cheat is made once: the check must not pass, and say why. */
export function attemptJobs(step: LabStep): Job[] {
  const { before, mistakes, cheats } = step.mistakes;
  return [
    ...mistakes.map((mistake) => attemptJob(step, 'mistake', before, mistake)),
    ...cheats.map((cheat) => attemptJob(step, 'cheat', before, cheat)),
  ];
}

function attemptJob(step: LabStep, kind: ProofKind, before: Line[], mistake: Mistake): Job {
  const { id: name, check, fault, type, answer } = mistake;
  const claim: Claim = { kind, step: step.id, check, name };
  const lines = [...before, ...type];
  return {
    ...{ step: step.id, claims: [claim], weight: 3 + lines.length },
    run: async (machine, decide) => {
      await openStep(machine, step.id, drawFor(step, fault));
      await typeLines(machine, lines, { withinMs });
      if (answer) await machine.answer(check, answer);
      await settle(machine);
      const isSo = (verdict: Verdict) => isReason(mistake, verdict);
      await becomes(machine, check, isSo);
      const verdict = machine.verdict(check);
      const passed = notPassed(machine, check);
      const other = `told ${told(verdict)}, not ${JSON.stringify(mistake.reason)}`;
      decide({ ...claim, failure: passed ?? (verdict && isSo(verdict) ? null : other) });
    },
  };
}

export async function openStep(
  machine: RehearsingMachine,
  stepId: string,
  drawn: Drawn,
): Promise<void> {
  const { setup, checks } = drawn;
  machine.step = { stepId, setup, checks };
  await machine.open();
}

function drawFor({ id, draws, draw }: LabStep, fault: string | undefined): Drawn {
  if (fault === undefined) return draw(seed);
  const drawn = draws.find((one) => one.fault?.id === fault);
  if (!drawn) throw new Error(`step ${id} has no fault ${fault}`);
  return drawn;
}

/** The reason has the key and params of the mistake, and may have more params. */
function isReason({ reason: { key, params } }: Mistake, verdict: Verdict): boolean {
  if (verdict.status === 'passed') return false;
  const { reason } = verdict;
  const hasAll = Object.entries(params).every(([name, value]) => reason.params[name] === value);
  return reason.key === `reason.${key}` && hasAll;
}
