import { type Lab, loadLabs } from '@tatami/lab-format/loader';
import { isMet, report, table } from '../../bench/targets.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { prepareRunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import type { Counts } from '../../test-report.ts';
import { UserError } from '../../user-error.ts';
import { merged } from './lesson-targets.ts';
import { type TestedLesson, testLesson } from './run.ts';
import { total } from './summary.ts';
import { failuresOf, lessonTable } from './table.ts';

/** Most of the time goes by waiting for prompts and looks. */
const machinesAtOnce = 8;

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
  const lessons = await testAndShow(names, options);
  return report(merged(lessons.map(({ measured }) => measured)), { json: options.json });
}

/** The same as a part of the test suite: everything that was tried, and every target, is a test. */
export async function countLabTests(labsDir: string): Promise<Counts> {
  const lessons = await testAndShow([], { labsDir });
  const measured = lessons.flatMap((one) => one.measured);
  process.stdout.write(table(measured));
  const tried = total(lessons.flatMap(({ summaries }) => summaries.map((one) => one.tried)));
  const met = measured.filter(isMet).length;
  return {
    passed: tried.good + met,
    failed: tried.of - tried.good + measured.length - met,
    skipped: 0,
    told: [
      ...lessons.flatMap(({ summaries }) => failuresOf(summaries)),
      ...measured.filter((one) => !isMet(one)).map(({ name }) => `the lessons' target ${name}`),
    ].map((one) => `failed: ${one}`),
  };
}

async function testAndShow(
  names: string[],
  options: Omit<LabTestOptions, 'json'>,
): Promise<TestedLesson[]> {
  requireRoot();
  const labs = await chooseLabs(names, options.labsDir);
  const lessons = await testLessons(labs, options).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the lessons could not be tested: ${cause.message}`, { cause });
  });
  for (const { id, summaries } of lessons) process.stdout.write(`${lessonTable(id, summaries)}\n`);
  return lessons;
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

async function testLessons(
  labs: Lab[],
  { machines = machinesAtOnce, only }: Omit<LabTestOptions, 'json'>,
): Promise<TestedLesson[]> {
  await installDebianPackages(runtimePackages);
  const parts = await prepareRunnerParts();
  await using runner = await RunnerProcess.start(parts, machines + 1, 1);
  const lessons: TestedLesson[] = [];
  for (const lab of labs) lessons.push(await testLesson(runner, lab, { machines, only }));
  await runner.stop();
  return lessons;
}
