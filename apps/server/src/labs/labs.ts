import type { Lab, LabStep, LoadedLabs } from '@tatami/lab-format/loader';
import { AppError, type LabCard, type Language } from '@tatami/protocol';

/** The labs there are, in their order. */
export class Labs {
  /** Those whose files are in order. */
  readonly all: readonly Lab[];
  readonly #listed: { id: string; order: number; card: (lang: Language) => LabCard }[];
  readonly #byId: Map<string, Lab>;

  constructor({ labs, unavailable }: Pick<LoadedLabs, 'labs' | 'unavailable'>) {
    this.all = labs;
    this.#listed = [...labs, ...unavailable].sort((a, b) => a.order - b.order);
    this.#byId = new Map(labs.map((lab) => [lab.id, lab]));
  }

  cards(lang: Language): LabCard[] {
    return this.#listed.map(({ card }) => card(lang));
  }

  /** For what goes on in a lab that may have become unavailable meanwhile. */
  find(id: string): Lab | undefined {
    return this.#byId.get(id);
  }

  /** @throws `lab.unknown`, `lab.unavailable`. */
  get(id: string): Lab {
    const lab = this.#byId.get(id);
    if (lab) return lab;
    const isListed = this.#listed.some((one) => one.id === id);
    throw new AppError(isListed ? 'lab.unavailable' : 'lab.unknown');
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
