import { z } from 'zod';
import { LabId, Language, WorkshopId } from './ids.ts';
import { Weights } from './marks.ts';

/** A learner, and so a seat: 32 lower-case hexadecimal digits. Staff name seats by it; no learner sees another's. */
export const LearnerId = z.string().regex(/^[0-9a-f]{32}$/);
export type LearnerId = z.infer<typeof LearnerId>;

/** `draft`: who joins waits. `open`: from `opensAt`, or when it is opened by hand, until `closesAt`. */
export const WorkshopState = z.enum(['draft', 'open', 'ended']);
export type WorkshopState = z.infer<typeof WorkshopState>;

/** What learners may do; what they may not is refused, not only hidden. */
export const Allowed = z.strictObject({
  hints: z.boolean(),
  solve: z.boolean(),
  /** Opening a step before those in front of it are done. */
  skip: z.boolean(),
});
export type Allowed = z.infer<typeof Allowed>;

export const maxSeats = 500;

const Title = z.string().trim().min(1).max(120);
const Seats = z.int().min(1).max(maxSeats);

/** What an instructor decides about a workshop. */
export const WorkshopPlan = z.strictObject({
  title: Title,
  labId: LabId,
  /** In which learners begin; each may choose another. */
  language: Language,
  seats: Seats,
  opensAt: z.iso.datetime(),
  closesAt: z.iso.datetime(),
  allowed: Allowed,
  /** Whether those who join by the code give a number, too (a student's, an employee's). */
  asksNumber: z.boolean(),
  /** Null: as the lesson weighs its items. */
  weights: Weights.nullable(),
  /** For how many days after its end what is kept of it is kept. */
  recordingsDays: z.int().min(1).max(30),
  marksDays: z.int().min(1).max(3650),
});
export type WorkshopPlan = z.infer<typeof WorkshopPlan>;

/** A workshop as its staff see it. */
export const Workshop = WorkshopPlan.extend({
  id: WorkshopId,
  /** Typed to join: `ABC-DEF`. */
  joinCode: z.string(),
  /** By the server's clock, when asked. */
  state: WorkshopState,
  /** When it was ended by hand; null: it ends at `closesAt`. */
  endedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type Workshop = z.infer<typeof Workshop>;

/** A place in a workshop, as its staff see it: a learner of its own. */
export const Seat = z.strictObject({
  learnerId: LearnerId,
  workshopId: WorkshopId,
  name: z.string(),
  /** What tells two of one name apart; of a roster always there. */
  number: z.string().nullable(),
  language: Language,
  /** Whether it comes from the roster; null `joinedAt`: nobody has come for it yet. */
  onRoster: z.boolean(),
  joinedAt: z.iso.datetime().nullable(),
  removedAt: z.iso.datetime().nullable(),
});
export type Seat = z.infer<typeof Seat>;
