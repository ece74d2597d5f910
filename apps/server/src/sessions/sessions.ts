import { AppError, type Session } from '@tatami/protocol';
import type { FastifyReply } from 'fastify';
import type { AttemptStore } from '../attempts/attempt-store.ts';
import type { Labs } from '../labs/labs.ts';
import { ownSeat } from '../workshops/own-seat.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { writeSession } from './cookie.ts';
import type { Learner } from './learners.ts';

/** What {@link Sessions} works with. */
interface SessionParts {
  attempts: AttemptStore;
  labs: Labs;
  workshops: Workshops;
  /** Whether cookies go over https only. */
  secure: boolean;
}

/** Browsers' sessions. */
export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Makes the browser that asked this learner's, and says how they stand. @throws `workshop.removed`. */
  async open(reply: FastifyReply, learner: Learner): Promise<Session> {
    const session = await this.of(learner);
    if (session.seat?.removed) throw new AppError('workshop.removed');
    writeSession(reply, learner.id, this.#parts.secure);
    return session;
  }

  async of({ id, resumeCode }: Learner): Promise<Session> {
    const { attempts, labs, workshops } = this.#parts;
    const passed = await attempts.passedIds(id);
    const seat = await workshops.seatOf(id);
    const standing = labs.all.map((lab) => ({
      lab: lab.id,
      passed: lab.checkIds.filter((check) =>
        passed.some(({ labId, checkId }) => labId === lab.id && checkId === check),
      ).length,
      total: lab.checkIds.length,
    }));
    return { resumeCode, labs: standing, seat: seat ? ownSeat(seat) : null };
  }
}
