import type { Lab } from '@tatami/lab-format/loader';
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
}
