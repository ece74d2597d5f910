import type { Lab } from '@tatami/lab-format/loader';
import type { Attempt, StepState } from '@tatami/protocol';

/** What is known of a learner's way through a lab: ids of steps, and of checks that have passed. */
interface Way {
  current: string;
  opened: string[];
  passed: string[];
}

/** What a learner has made of each step of a lab. */
export function stepStates(lab: Lab, way: Way): Attempt['steps'] {
  const furthest = lab.stepIds.findLastIndex((stepId) => way.opened.includes(stepId));
  return lab.stepIds.map((stepId, index) => {
    const state: StepState = isDone(lab, stepId, way)
      ? 'done'
      : stepId === way.current
        ? 'open'
        : index < furthest
          ? 'skipped'
          : 'untouched';
    return { stepId, state };
  });
}

/** A step without checks is done once it was opened and left. */
function isDone(lab: Lab, stepId: string, { current, opened, passed }: Way): boolean {
  const checks = lab.step(stepId)?.checkIds ?? [];
  if (checks.length === 0) return opened.includes(stepId) && stepId !== current;
  return checks.every((check) => passed.includes(check));
}
