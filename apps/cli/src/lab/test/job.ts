import { atOnce } from '../../rehearsal/at-once.ts';
import { readable, tail } from '../../rehearsal/readable.ts';
import { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import type { RunnerProcess } from '../../rehearsal/runner-process.ts';
import { type Claim, type Outcome, undecided } from './outcome.ts';

/** Work for a machine of its own. */
export interface Job {
  step: string;
  claims: Claim[];
  /** For sharing out, the longest first; seconds, roughly. */
  weight: number;
  run: (machine: RehearsingMachine, decide: (outcome: Outcome) => void) => Promise<void>;
}

/** What came of a job. */
export interface Done {
  step: string;
  outcomes: Outcome[];
  ms: number;
}

/** No job may take longer, whatever hangs. */
const jobTimeoutMs = 180_000;

/** Does the jobs with so many machines at once; each job's claims are all decided in the end. */
export function runJobs(runner: RunnerProcess, jobs: Job[], machines: number): Promise<Done[]> {
  const longestFirst = jobs.toSorted((a, b) => b.weight - a.weight);
  return atOnce(longestFirst, machines, (job) => runJob(runner, job));
}

async function runJob(runner: RunnerProcess, { step, claims, run }: Job): Promise<Done> {
  const began = performance.now();
  const outcomes: Outcome[] = [];
  let over = false;
  const decide = (outcome: Outcome) => {
    if (!over) outcomes.push(outcome);
  };
  const work = async () => {
    await using machine = await RehearsingMachine.create(runner);
    await inTime(run(machine, decide), machine);
  };
  const failure = await work().then(
    () => null,
    (error: Error) => readable(error.message),
  );
  over = true;
  outcomes.push(...undecided(claims, outcomes, failure ?? 'nothing decided it'));
  return { step, outcomes, ms: performance.now() - began };
}

/** @throws what the terminals show, when it takes too long. */
async function inTime(work: Promise<void>, machine: RehearsingMachine): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const screens = machine.screens.map(([name, text]) => `terminal ${name}:\n${tail(text)}`);
      const seconds = jobTimeoutMs / 1000;
      reject(new Error([`not done within ${seconds} s`, ...screens].join('\n')));
    }, jobTimeoutMs);
  });
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
