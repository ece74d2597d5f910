import type { Drawn, LabStep } from '@tatami/lab-format/loader';
import { typeLines } from '@tatami/lab-format/rehearsal';
import type { Verdict } from '@tatami/protocol';
import type { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import type { Job } from './job.ts';
import type { Claim, ProofKind } from './outcome.ts';
import { answerAndMend } from './troubleshoot.ts';
import { becomes, notPassed, passes, settle, told } from './verdicts.ts';

/** The longest command of a lesson looks for eight seconds. */
const withinMs = 20_000;

type Mistake = LabStep['mistakes']['mistakes'][number];
type Line = Mistake['type'][number];

/** Each fault found by its shortest way, named and mended: what a solution types where the answer is drawn. */
export function faultJobs({ id: step, draws }: LabStep): Job[] {
  return draws.flatMap((drawn) => {
    const { fault } = drawn;
    if (!fault) return [];
    const claims = drawn.checks
      .filter(({ answer }) => answer?.cause)
      .map(({ id: check }) => ({ kind: 'solution', step, check, name: fault.id }) as const);
    return {
      ...{ step, claims, weight: 20 },
      run: async (machine, decide) => {
        await openStep(machine, step, drawn);
        await settle(machine);
        const whole = { withinMs, lastWithinMs: withinMs };
        const shown = await typeLines(machine, fault.shortest, whole);
        await answerAndMend(machine, { fault, checks: drawn.checks, shown });
        for (const claim of claims) decide({ ...claim, failure: null });
      },
    };
  });
}

/** Every check whose answer nobody draws passes by its own solution, from the start state. */
export function solutionJobs({ id: step, draws, solutions }: LabStep): Job[] {
  const [drawn] = draws;
  if (!drawn) return [];
  return drawn.checks
    .filter(({ answer }) => !answer?.cause)
    .map(({ id: check }) => {
      const claim = { kind: 'solution', step, check, name: '' } as const;
      const lines = solutions.get(check) ?? [];
      return {
        ...{ step, claims: [claim], weight: 3 + lines.length },
        run: async (machine, decide) => {
          if (lines.length === 0) return decide({ ...claim, failure: 'step.yaml has none' });
          await openStep(machine, step, drawn);
          await typeLines(machine, lines, { withinMs });
          decide({ ...claim, failure: await passes(machine, check) });
        },
      };
    });
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

async function openStep(machine: RehearsingMachine, stepId: string, drawn: Drawn): Promise<void> {
  const { setup, checks } = drawn;
  machine.step = { stepId, setup, checks };
  await machine.open();
}

function drawFor({ id, draws, draw }: LabStep, fault: string | undefined): Drawn {
  if (fault === undefined) return draw('0');
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
