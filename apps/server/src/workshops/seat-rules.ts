import { type Allowed, AppError, type LabCard, type LabContent } from '@tatami/protocol';
import type { AttemptKey } from '../attempts/attempt-store.ts';
import type { Workshops } from './workshops.ts';

const all: Allowed = { hints: true, solve: true, skip: true };

/** What a workshop lets its seats do. Learners without a seat may do everything. */
export class SeatRules {
  readonly #workshops: Workshops;

  constructor(workshops: Workshops) {
    this.#workshops = workshops;
  }

  /**
   * What may be done in a lab by whoever works in it.
   * @throws `workshop.removed`, `workshop.other-lab`, `workshop.not-open`, `workshop.ended`.
   */
  async mayWork(key: AttemptKey): Promise<Allowed> {
    const { allowed, state } = await this.#of(key);
    if (state === 'ended') throw new AppError('workshop.ended');
    return allowed;
  }

  /** The same for whoever only reads, after the end, too. */
  async mayRead(key: AttemptKey): Promise<Allowed> {
    return (await this.#of(key)).allowed;
  }

  async #of({ learnerId, labId }: AttemptKey) {
    const seat = await this.#workshops.seatOf(learnerId);
    if (!seat) return { allowed: all, state: 'open' as const };
    if (seat.removedAt !== null) throw new AppError('workshop.removed');
    const { workshop } = seat;
    if (workshop.labId !== labId) throw new AppError('workshop.other-lab');
    if (workshop.state === 'draft') throw new AppError('workshop.not-open');
    return workshop;
  }

  /** The labs that a learner is offered: with a seat, the workshop's. */
  async offered(learnerId: string, cards: LabCard[]): Promise<LabCard[]> {
    const seat = await this.#workshops.seatOf(learnerId);
    return seat ? cards.filter(({ id }) => id === seat.workshop.labId) : cards;
  }

  /** A lab's texts without what the workshop does not show. */
  async shown(learnerId: string, content: LabContent): Promise<LabContent> {
    const seat = await this.#workshops.seatOf(learnerId);
    const { hints, solve } = seat?.workshop.allowed ?? all;
    if (hints && solve) return content;
    const steps = content.steps.map((step) => ({
      ...step,
      checklist: step.checklist.map((item) => ({
        ...item,
        hints: hints ? item.hints : [],
        solvable: solve && item.solvable,
      })),
    }));
    return { ...content, steps };
  }
}
