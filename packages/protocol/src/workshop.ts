import { z } from 'zod';
import { LabId, Language, WorkshopId } from './ids.ts';
import { Weights } from './marks.ts';

/**
 * Workshops, between browser and server. Of staff (the cookie `tatami_staff`), below /api/workshops:
 *
 * GET    (itself)                          -> Workshop[]; an admin's are all
 * POST   (itself)       WorkshopPlan       -> Workshop
 * GET    /:workshop                        -> Workshop
 * PUT    /:workshop     WorkshopPlan       -> Workshop
 * POST   /:workshop/open                   -> Workshop (before its time)
 * POST   /:workshop/end                    -> Workshop (before its time; machines go on until their own end)
 * POST   /:workshop/closing   Closing      -> Workshop (extends it, or reopens one that has ended)
 * GET    /:workshop/seats                  -> SeatStanding[]
 * POST   /:workshop/seats     RosterEntry  -> SeatStanding[] (one more on the roster)
 * DELETE /:workshop/seats/:seat            -> SeatStanding[] (ends the machine; the record stays)
 * POST   /:workshop/seats/:seat/restore    -> SeatStanding[]
 * POST   /:workshop/roster?apply=          octet-stream, a CSV -> RosterReport; kept only with `apply=true`
 * GET    /:workshop/slips                  -> Slip[]
 * GET    /:workshop/rejoins                -> Rejoin[] (undecided ones)
 * POST   /:workshop/rejoins/:rejoin  RejoinDecision -> Rejoin[]
 * GET    /:workshop/guesses                -> PinGuesses[] (seats for which wrong PINs are typed)
 * GET    /:workshop/staff                  -> Account[]
 * PUT    /:workshop/staff/:account         -> Account[]   DELETE takes one off
 *
 * Of learners, without a session:
 *
 * GET    /api/join/:code                   -> JoinInfo
 * POST   /api/join/:code      JoinRequest  -> Session; sets the cookie `tatami_session`
 * POST   /api/join/:code/rejoins  RejoinRequest -> RejoinTicket (asks the staff to let somebody in again)
 * POST   /api/rejoins         RejoinTicket -> RejoinAnswer; sets the cookie once it is `yes`
 *
 * Of learners with a seat: GET /api/seat/events?browser=ID  WebSocket, SeatEvent as JSON text frames.
 */

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

/**
 * How learners come in: by the code and a name; with a number, too (a student's, an employee's); or only those on the
 * roster, by their personal link or by number and PIN.
 */
export const Joining = z.enum(['name', 'name-number', 'roster']);
export type Joining = z.infer<typeof Joining>;

export const maxSeats = 500;

/** No control characters: it is printed on a terminal, too. */
const Title = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^\P{C}+$/u);
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
  joining: Joining,
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
  /** When it was opened by hand before `opensAt`; null: it opens then. */
  openedAt: z.iso.datetime().nullable(),
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

/** A seat on the list of its workshop. */
export const SeatStanding = Seat.extend({
  /** Different browsers that have it open now. */
  browsers: z.int().nonnegative(),
});
export type SeatStanding = z.infer<typeof SeatStanding>;

/** A seat as its own learner sees it. */
export const OwnSeat = z.strictObject({
  workshopId: WorkshopId,
  title: z.string(),
  labId: LabId,
  name: z.string(),
  number: z.string().nullable(),
  language: Language,
  state: WorkshopState,
  opensAt: z.iso.datetime(),
  /** When it ends, or when it was ended. */
  endsAt: z.iso.datetime(),
  allowed: Allowed,
  recordingsDays: z.int(),
  marksDays: z.int(),
  removed: z.boolean(),
});
export type OwnSeat = z.infer<typeof OwnSeat>;

/** First when it is opened, then whenever something of it changes. */
export const SeatEvent = z.strictObject({
  seat: OwnSeat,
  /** Different browsers that have the seat open now; more than one shows on all of them. */
  browsers: z.int().nonnegative(),
});
export type SeatEvent = z.infer<typeof SeatEvent>;

/** Told apart by a random id that each browser keeps. */
export const BrowserId = z.string().regex(/^[0-9a-f]{16}$/);

/** What whoever has the code is told. */
export const JoinInfo = z.strictObject({
  title: z.string(),
  labId: LabId,
  language: Language,
  state: WorkshopState,
  opensAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  joining: Joining,
  isFull: z.boolean(),
  recordingsDays: z.int(),
  marksDays: z.int(),
});
export type JoinInfo = z.infer<typeof JoinInfo>;

/** No control characters, nor those that turn or hide what comes after them. */
const plainText = (most: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim())
    .pipe(
      z
        .string()
        .min(1)
        .max(most)
        .regex(/^\P{C}+$/u),
    );

export const maxNameLength = 60;
export const SeatName = plainText(maxNameLength);
export const SeatNumber = plainText(40);
/** On the slip of a seat of the roster. */
export const Pin = z.string().regex(/^\d{6}$/);

export const JoinRequest = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('name'),
    name: SeatName,
    number: SeatNumber.nullable(),
    language: Language,
  }),
  z.strictObject({ by: z.literal('pin'), number: SeatNumber, pin: z.string().trim().max(20) }),
]);
export type JoinRequest = z.infer<typeof JoinRequest>;

/** `name` null: on a roster the number alone says whose seat it is. */
export const RejoinRequest = z.strictObject({
  name: SeatName.nullable(),
  number: SeatNumber.nullable(),
});
export type RejoinRequest = z.infer<typeof RejoinRequest>;

/** Known to the browser that asked, and to nobody else. */
export const RejoinTicket = z.strictObject({ ticket: z.string().regex(/^[0-9a-f]{32}$/) });
export type RejoinTicket = z.infer<typeof RejoinTicket>;

export const RejoinAnswer = z.strictObject({ answer: z.enum(['waiting', 'yes', 'no']) });
export type RejoinAnswer = z.infer<typeof RejoinAnswer>;

/** Somebody asks to go on in a seat. */
export const Rejoin = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  seat: SeatStanding,
  askedAt: z.iso.datetime(),
});
export type Rejoin = z.infer<typeof Rejoin>;

/** A seat for which wrong PINs are typed, by whomever: more than its learner would by mistake. */
export const PinGuesses = z.strictObject({
  name: z.string(),
  number: z.string(),
  wrong: z.int().positive(),
  /** Its PIN lets nobody in for now. */
  locked: z.boolean(),
  /** When the last one was typed. */
  at: z.iso.datetime(),
});
export type PinGuesses = z.infer<typeof PinGuesses>;

export const RejoinDecision = z.strictObject({ allow: z.boolean() });
export const Closing = z.strictObject({ closesAt: z.iso.datetime() });

/** One line of a roster. */
export const RosterEntry = z.strictObject({
  number: SeatNumber,
  name: SeatName,
  language: Language,
});
export type RosterEntry = z.infer<typeof RosterEntry>;

export const RosterProblem = z.strictObject({
  line: z.int().positive(),
  reason: z.enum(['no-number', 'no-name', 'number-twice', 'number-long', 'name-odd', 'language']),
  /** What stands there. */
  text: z.string(),
});
export type RosterProblem = z.infer<typeof RosterProblem>;

export const RosterEncoding = z.enum(['utf-8', 'utf-16', 'shift_jis', 'gb18030']);
export type RosterEncoding = z.infer<typeof RosterEncoding>;

/** What a roster says, and what keeping it would change or has changed. */
export const RosterReport = z.strictObject({
  encoding: RosterEncoding,
  entries: z.array(z.strictObject({ number: z.string(), name: z.string(), language: Language })),
  problems: z.array(RosterProblem),
  added: z.int(),
  changed: z.int(),
  /** Seats not on it any more that nobody has come for: they go. */
  gone: z.int(),
  applied: z.boolean(),
});
export type RosterReport = z.infer<typeof RosterReport>;
export const maxRosterBytes = 256 * 1024;

/** What is printed for one seat of the roster. */
export const Slip = z.strictObject({
  number: z.string(),
  name: z.string(),
  language: Language,
  pin: Pin,
  /** The last part of the personal link, and what is typed to go on elsewhere. */
  personalCode: z.string(),
});
export type Slip = z.infer<typeof Slip>;

/** Of the server's data folder: the workshops that can be joined, for the command line to print. */
export const joinListFile = 'workshops.json';
export const JoinList = z.array(
  z.strictObject({
    title: Title,
    joinCode: z.string().regex(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/),
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime(),
  }),
);
export type JoinList = z.infer<typeof JoinList>;
