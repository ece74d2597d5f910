import { type Lab, loadLabs } from '@tatami/lab-format/loader';
import { type Measured, report, say } from '../../bench/targets.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { prepareRunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { UserError } from '../../user-error.ts';
import { runJobs } from './job.ts';
import { planLesson, type StepPlan } from './lesson.ts';
import { type LessonFigures, lessonMeasured, merged } from './lesson-targets.ts';
import { type StepSummary, summarise } from './summary.ts';
import { lessonTable } from './table.ts';

/** Most of the time goes by waiting for prompts and looks. */
const machines = 6;

export interface LabTestOptions {
  labsDir: string;
  only?: string | undefined;
  json: boolean;
  machines?: number | undefined;
}

/**
 * Plays lessons on real machines, and proves their checks; without a name every ready one.
 * @returns the exit code: 0 when every target is met, else 1. @throws UserError when it could not run.
 */
export async function labTest(names: string[], options: LabTestOptions): Promise<number> {
  requireRoot();
  const labs = await chooseLabs(names, options.labsDir);
  const lessons = await testLessons(labs, options).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the lessons could not be tested: ${cause.message}`, { cause });
  });
  for (const { id, summaries } of lessons) process.stdout.write(`${lessonTable(id, summaries)}\n`);
  return report(merged(lessons.map(({ measured }) => measured)), { json: options.json });
}

/** @throws UserError for a lesson that is not there, has problems, or is only planned. */
async function chooseLabs(names: string[], dir: string): Promise<Lab[]> {
  const { labs, problems } = await loadLabs(dir);
  const chosen = names.length > 0 ? names : labs.filter(isReady).map(({ id }) => id);
  const found = problems.filter(
    ({ file }) => names.length === 0 || names.includes(file.split('/')[0] ?? ''),
  );
  if (found.length > 0) {
    const lines = found.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
    throw new UserError(`lessons have problems:\n${lines.join('\n')}`);
  }
  return chosen.map((name) => {
    const lab = labs.find(({ id }) => id === name);
    if (!lab) throw new UserError(`there is no lesson ${name} in ${dir}.`);
    if (!isReady(lab)) throw new UserError(`lesson ${name} is only planned.`);
    return lab;
  });
}

const isReady = ({ status }: Lab): boolean => status === 'ready';

interface TestedLesson {
  id: string;
  summaries: StepSummary[];
  measured: Measured[];
}

async function testLessons(labs: Lab[], options: LabTestOptions): Promise<TestedLesson[]> {
  await installDebianPackages(runtimePackages);
  const parts = await prepareRunnerParts();
  const workers = options.machines ?? machines;
  await using runner = await RunnerProcess.start(parts, workers + 1, 1);
  const lessons: TestedLesson[] = [];
  for (const lab of labs) {
    const began = performance.now();
    const plans = planLesson(lab, options.only);
    const jobs = plans.flatMap((plan) => plan.jobs);
    say(`Testing ${lab.id}: ${jobs.length} machines, ${workers} at once ...`);
    const done = await runJobs(runner, jobs, workers);
    const summaries = summarise(
      plans.map(({ step, languages, checks }) => ({ step: step.id, languages, checks })),
      done,
    );
    const minutes = (performance.now() - began) / 60_000;
    lessons.push({
      id: lab.id,
      summaries,
      measured: lessonMeasured(figures(lab, plans, summaries, minutes)),
    });
  }
  await runner.stop();
  return lessons;
}

const figures = (
  lab: Lab,
  plans: StepPlan[],
  summaries: StepSummary[],
  minutes: number,
): LessonFigures => ({
  summaries,
  attempts: plans.flatMap(({ step: { mistakes }, checks }) =>
    checks.map((check) => ({
      mistakes: mistakes.mistakes.filter((one) => one.check === check).length,
      cheats: mistakes.cheats.filter((one) => one.check === check).length,
    })),
  ),
  source: lab.source,
  checklistItems: lab.checklist.length,
  minutes,
});
