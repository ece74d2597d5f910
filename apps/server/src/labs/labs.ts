import type { Lab, LabStep } from '@tatami/lab-format/loader';
import { AppError } from '@tatami/protocol';

/** The labs on offer, in their order. */
export class Labs {
  readonly all: readonly Lab[];
  readonly #byId: Map<string, Lab>;

  constructor(labs: Lab[]) {
    this.all = labs;
    this.#byId = new Map(labs.map((lab) => [lab.id, lab]));
  }

  /** @throws `lab.unknown`. */
  get(id: string): Lab {
    const lab = this.#byId.get(id);
    if (!lab) throw new AppError('lab.unknown');
    return lab;
  }

  /** @throws `lab.planned` too. */
  ready(id: string): Lab {
    const lab = this.get(id);
    if (lab.status !== 'ready') throw new AppError('lab.planned');
    return lab;
  }

  /** @throws `step.unknown` and `step.planned` too. */
  readyStep(id: string, stepId: string): LabStep {
    const step = this.ready(id).step(stepId);
    if (!step) throw new AppError('step.unknown');
    if (step.status !== 'ready') throw new AppError('step.planned');
    return step;
  }
}
