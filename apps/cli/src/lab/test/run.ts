import type { Lab } from '@tatami/lab-format/loader';
import { type Measured, say } from '../../bench/targets.ts';
import type { RunnerProcess } from '../../rehearsal/runner-process.ts';
import { runJobs } from './job.ts';
import { languagesOf, planLesson, type StepPlan } from './lesson.ts';
import { lessonMeasured } from './lesson-targets.ts';
import { type CheckIds, type StepSummary, type SummedStep, summarise } from './summary.ts';

/** A lesson that was played and proven, for better or worse. */
export interface TestedLesson {
  id: string;
  summaries: StepSummary[];
  measured: Measured[];
}

/** Does all that there is to do with a lesson, with so many machines at once. */
export async function testLesson(
  runner: RunnerProcess,
  lab: Lab,
  { machines, only }: { machines: number; only?: string | undefined },
): Promise<TestedLesson> {
  const began = performance.now();
  const plans = planLesson(lab, only);
  const jobs = plans.flatMap((plan) => plan.jobs);
  say(`Testing ${lab.id}: ${jobs.length} machines, ${machines} at once ...`);
  const done = [
    ...(await runJobs(runner, jobs, machines)),
    ...plans.map(({ step: { id }, decided }) => ({ step: id, outcomes: decided, ms: 0 })),
  ];
  const summaries = summarise(plans.map(summedStep), done);
  const measured = lessonMeasured({
    languages: languagesOf(lab),
    summaries,
    attempts: plans.flatMap(attemptsOf),
    source: lab.source,
    checklistItems: lab.checklist.length,
    minutes: (performance.now() - began) / 60_000,
  });
  return { id: lab.id, summaries, measured };
}

const summedStep = ({ step, languages }: StepPlan): SummedStep => ({
  ...{ step: step.id, languages, places: step.places, checks: checksOf(step) },
});

const checksOf = ({ checkIds, quiz }: StepPlan['step']): CheckIds => ({
  judged: checkIds.filter((id) => id !== quiz?.spec.id),
  asked: quiz ? [quiz.spec.id] : [],
});

function attemptsOf({ step }: StepPlan): { mistakes: number; cheats: number }[] {
  const { mistakes, cheats } = step.mistakes;
  return checksOf(step).judged.map((id) => ({
    mistakes: mistakes.filter(({ check }) => check === id).length,
    cheats: cheats.filter(({ check }) => check === id).length,
  }));
}
