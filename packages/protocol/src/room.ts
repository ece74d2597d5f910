import { z } from 'zod';
import { CheckId, LabId, Language, StepId, TerminalId } from './ids.ts';
import { Reason } from './verdict.ts';

/**
 * A workshop's room while it runs: the live board of its staff, what they do, and what a learner is told of it.
 * Times are milliseconds since the epoch by the server's clock.
 *
 * Of staff, below /api/workshops/:workshop
 * GET    /board[?names=0]                       WebSocket, BoardEvent as JSON text frames, first `board`
 * POST   /messages            MessageRequest    (to one learner, several or all)
 * PUT    /locks               LockRequest       (a step that no learner can open, or can again; those who are in it stay)
 * PUT    /timer               TimerRequest      DELETE takes it away
 * PUT    /mirror              MirrorRequest     (a terminal of one's own machine, shown to all)  DELETE ends it
 * PUT    /hands/:hand         HandRequest
 * PUT    /seats/:seat/typing  TypingRequest     (asks the learner)  DELETE withdraws or ends it
 * GET    /seats/:seat/terminals/:terminal/stream?from=N&cols=C&rows=R[&as=owner]   WebSocket, terminal-stream.ts; as a
 *        viewer; `as=owner` types, once the learner has agreed
 * GET    /audit                                 -> AuditEntry[]
 * GET    /summary                               -> RoomSummary
 *
 * Of a learner with a seat, below /api/room
 * GET    (itself)                               -> SeatInRoom (null: no seat)
 * GET    /events                                WebSocket, LearnerRoom as JSON text frames, each the whole of it
 * PUT    /hand                RaisedHand        DELETE lowers it
 * PUT    /typing/:consent     TypingAnswer      DELETE /typing ends it
 * GET    /mirror/:terminal/stream?cols=C&rows=R WebSocket, terminal-stream.ts, as a viewer
 * GET    /audit                                 -> AuditEntry[] (about the room and this learner)
 */
const Ms = z.int().nonnegative();
const Id = z.int().positive();

/** An unmet check that a learner has tried, and what is in the way. */
export const Trouble = z.strictObject({
  checkId: CheckId,
  /** `unavailable` is nobody's mistake. */
  status: z.enum(['not-yet', 'failed', 'unavailable']),
  reason: Reason,
  /** Since when this check is in trouble, whatever reasons came one after the other. */
  since: Ms,
});
export type Trouble = z.infer<typeof Trouble>;

export const Hand = z.strictObject({
  /** Earlier hands have smaller ones. */
  id: Id,
  raisedAt: Ms,
  /** In the learner's words; may be empty. */
  about: z.string().max(200),
  /** Who has taken it on. */
  claimedBy: z.string().nullable(),
});
export type Hand = z.infer<typeof Hand>;

/** Who sees a learner's terminal now; `types` after the learner agreed. */
export const Watcher = z.strictObject({
  by: z.string(),
  terminal: TerminalId,
  types: z.boolean(),
});
export type Watcher = z.infer<typeof Watcher>;

/** Somebody wants to type in a learner's terminal, or may since the learner agreed. */
export const Typing = z.strictObject({
  id: Id,
  by: z.string(),
  terminal: TerminalId,
  state: z.enum(['asked', 'agreed']),
});
export type Typing = z.infer<typeof Typing>;

/** One learner on the board. Without names (projector) `id` is a number of no meaning, and nobody's words are told. */
export const BoardSeat = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  number: z.string().nullable(),
  joined: z.boolean(),
  /** A page of theirs is open. */
  here: z.boolean(),
  /** `lost`: the runner does not answer. */
  machine: z.enum(['none', 'running', 'lost']),
  terminals: z.array(TerminalId),
  stepId: StepId.nullable(),
  passed: z.array(z.tuple([CheckId, Ms])),
  assisted: z.array(CheckId),
  /** When each step was opened first. */
  opened: z.array(z.tuple([StepId, Ms])),
  trouble: Trouble.nullable(),
  hand: Hand.nullable(),
  watchers: z.array(Watcher),
  typing: Typing.nullable(),
});
export type BoardSeat = z.infer<typeof BoardSeat>;

export const RoomTimer = z.strictObject({ endsAt: Ms, label: z.string().max(80) });
export type RoomTimer = z.infer<typeof RoomTimer>;

/** A terminal of a member of staff that everybody sees. */
export const Mirror = z.strictObject({ by: z.string(), terminal: TerminalId });
export type Mirror = z.infer<typeof Mirror>;

const told = { id: Id, at: Ms, by: z.string() };
/** What staff told learners. `hint` is one of the lesson's, `explanation` the interface's for a reason. */
export const RoomMessage = z.discriminatedUnion('kind', [
  z.strictObject({ ...told, kind: z.literal('broadcast'), text: z.string() }),
  z.strictObject({
    ...{ ...told, kind: z.literal('hint'), checkId: CheckId, level: z.int().nonnegative() },
    texts: z.partialRecord(Language, z.string()),
  }),
  z.strictObject({
    ...{ ...told, kind: z.literal('explanation'), checkId: CheckId, reason: Reason.shape.key },
  }),
]);
export type RoomMessage = z.infer<typeof RoomMessage>;

/** What everybody in a room shares. */
export const RoomState = z.strictObject({
  timer: RoomTimer.nullable(),
  locked: z.array(StepId),
  mirror: Mirror.nullable(),
});
export type RoomState = z.infer<typeof RoomState>;

const RoomHead = z.strictObject({ id: z.string(), title: z.string(), labId: LabId });

/** A learner who came, left or changed is told whole, the others not at all. */
export const BoardEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('board'),
    /** The server's clock when this was sent. */
    now: Ms,
    workshop: RoomHead,
    /** Who looks. */
    me: z.string(),
    room: RoomState,
    seats: z.array(BoardSeat),
  }),
  z.strictObject({
    type: z.literal('changes'),
    now: Ms,
    room: RoomState.nullable(),
    seats: z.array(BoardSeat),
    /** Ids of those who are not on the board any more. */
    gone: z.array(z.string()),
  }),
]);
export type BoardEvent = z.infer<typeof BoardEvent>;

/** The room as one learner is told of it. */
export const LearnerRoom = RoomState.extend({
  now: Ms,
  workshop: RoomHead,
  hand: Hand.extend({ ahead: z.int().nonnegative() }).nullable(),
  watchers: z.array(Watcher),
  typing: Typing.nullable(),
  /** The last ones, oldest first. */
  messages: z.array(RoomMessage),
});
export type LearnerRoom = z.infer<typeof LearnerRoom>;

export const SeatInRoom = z.strictObject({ room: LearnerRoom.nullable() });

/** Null: everybody, those who join later too. */
const To = z
  .array(z.string().regex(/^[0-9a-f]{32}$/))
  .min(1)
  .max(500)
  .nullable();
export const MessageRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    ...{ kind: z.literal('broadcast'), to: To, text: z.string().trim().min(1).max(2000) },
  }),
  z.strictObject({
    ...{ kind: z.literal('hint'), to: To, checkId: CheckId, level: z.int().min(0).max(20) },
  }),
  z.strictObject({
    ...{ kind: z.literal('explanation'), to: To, checkId: CheckId, reason: Reason.shape.key },
  }),
]);
export type MessageRequest = z.infer<typeof MessageRequest>;

export const LockRequest = z.strictObject({ stepId: StepId, locked: z.boolean() });
export type LockRequest = z.infer<typeof LockRequest>;
export const TimerRequest = z.strictObject({
  minutes: z.number().min(0.1).max(600),
  label: z.string().trim().max(80).default(''),
});
export const MirrorRequest = z.strictObject({ terminal: TerminalId });
/** `release` gives it back to whoever claims it next, `serve` ends it. */
export const HandRequest = z.strictObject({ act: z.enum(['claim', 'release', 'serve']) });
export type HandRequest = z.infer<typeof HandRequest>;
export const RaisedHand = z.strictObject({ about: z.string().trim().max(200).default('') });
export const TypingRequest = z.strictObject({ terminal: TerminalId });
export const TypingAnswer = z.strictObject({ agree: z.boolean() });

export const AuditAct = z.enum([
  'broadcast',
  'hint',
  'explanation',
  'locks',
  'timer',
  'timer-off',
  'mirror',
  'watch',
  'report',
  'typing-asked',
  'typing-refused',
  'typing',
  'hand-claim',
  'hand-release',
  'hand-serve',
]);
export type AuditAct = z.infer<typeof AuditAct>;

export const AuditDetail = z.strictObject({
  text: z.string().optional(),
  checkId: CheckId.optional(),
  level: z.int().optional(),
  reason: z.string().optional(),
  steps: z.array(StepId).optional(),
  minutes: z.number().optional(),
  terminal: TerminalId.optional(),
});
export type AuditDetail = z.infer<typeof AuditDetail>;

/** Something that staff did in a room. */
export const AuditEntry = z.strictObject({
  id: Id,
  at: z.iso.datetime(),
  /** Whether it goes on until `endedAt` (watch, typing, mirror); null while it does. */
  lasts: z.boolean(),
  endedAt: z.iso.datetime().nullable(),
  by: z.string(),
  act: AuditAct,
  detail: AuditDetail,
  /** Whom it was about, by name, empty once they are erased; null: everybody. A learner is told only of everybody and of themselves. */
  seat: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** What a room got wrong, worst first. */
export const RoomSummary = z.array(
  z.strictObject({
    checkId: CheckId,
    reason: Reason.shape.key,
    learners: z.int().positive(),
    /** Over all of them, while this reason stood. */
    lostMs: Ms,
  }),
);
export type RoomSummary = z.infer<typeof RoomSummary>;
