import type { Cause, FaultFact } from '@tatami/protocol';
import type { Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { type Fault, FaultsFile, maxSetupLength, type StepFile } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** The value that a learner is asked for with each cause, as the interface's `causeValue.*` tell it. */
const factOf: Record<Cause, FaultFact> = {
  name: 'nameserver',
  route: 'route',
  port: 'dialed-port',
  address: 'dialed-address',
  filter: 'dialed-address',
  lock: 'waits-in',
  read: 'read-peer',
  frozen: 'state',
};

/** Reads a step's `faults.yaml` beside its step.yaml; no file and no check that draws is right too. */
export async function readFaults(
  dir: string,
  folder: string,
  step: YamlFile<StepFile>,
): Promise<{ faults: Fault[]; problems: Problem[] }> {
  const yaml = await readYaml(dir, folder, 'faults.yaml', FaultsFile);
  if (!yaml) return { faults: [], problems: nothingToDraw(step) };
  if (!yaml.data) return { faults: [], problems: yaml.problems };
  const problems = faultProblems(yaml, yaml.data);
  if (step.data) problems.push(...stepProblems(yaml, yaml.data, step, step.data));
  return { faults: yaml.data, problems };
}

function nothingToDraw({ file, data, lineOf }: YamlFile<StepFile>): Problem[] {
  return (data?.checklist ?? []).flatMap(({ check }, index) =>
    check.answer === 'drawn'
      ? [
          {
            file,
            line: lineOf(['checklist', index, 'check', 'answer']),
            reason: `check ${check.id} draws, but there is no faults.yaml`,
          },
        ]
      : [],
  );
}

function faultProblems({ file, lineOf }: YamlFile<FaultsFile>, faults: Fault[]): Problem[] {
  return faults.flatMap(({ id, cause, fact }, index) => {
    const problems: Problem[] = [];
    if (faults.findIndex((other) => other.id === id) < index)
      problems.push({
        file,
        line: lineOf([index, 'id']),
        reason: `fault ${id} exists already in this step`,
      });
    if (fact !== factOf[cause])
      problems.push({
        file,
        line: lineOf([index, 'fact']),
        reason: `the learner who names ${cause} is asked for ${factOf[cause]}, not ${fact}`,
      });
    return problems;
  });
}

/** What faults and checks of a step must have of each other, so that everything can be ticked. */
function stepProblems(
  yaml: YamlFile<FaultsFile>,
  faults: Fault[],
  step: YamlFile<StepFile>,
  { setup, checklist }: StepFile,
): Problem[] {
  const problems: Problem[] = [];
  if (!checklist.some(({ check }) => check.answer === 'drawn'))
    problems.push({
      file: yaml.file,
      line: 1,
      reason: 'no check of step.yaml draws: one must say `answer: drawn`',
    });
  for (const [index, fault] of faults.entries())
    if (setup.length + fault.setup.length >= maxSetupLength)
      problems.push({
        file: yaml.file,
        line: yaml.lineOf([index, 'setup']),
        reason: `with the step's own setup it is longer than ${maxSetupLength} characters`,
      });
  const lasting = faults.find(({ mend }) => !mend);
  for (const [index, { check }] of checklist.entries())
    if (lasting && check.service && check.answer !== 'drawn')
      problems.push({
        file: step.file,
        line: step.lineOf(['checklist', index, 'check', 'service']),
        reason:
          `fault ${lasting.id} has no mend, so this cannot be ticked: ` +
          'put it into the check that says `answer: drawn`',
      });
  return problems;
}
