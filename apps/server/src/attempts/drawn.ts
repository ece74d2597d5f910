import type { Drawn, LabStep } from '@tatami/lab-format/loader';
import type { AttemptRecord } from './attempt-store.ts';

/** The round of draws that a learner is in: each drill has one of its own. */
export const roundOf = ({ drill }: AttemptRecord, step: LabStep): number =>
  step.drill && drill?.stepId === step.id ? drill.round : 0;

/** The step as this learner gets it now. */
export const drawnFor = (record: AttemptRecord, step: LabStep): Drawn =>
  step.draw(record.seed, roundOf(record, step));
