import { z } from 'zod';
import { Answer, Cause, FaultFact } from './check-spec.ts';
import { CheckId, Key, LabId, Language, StepId, TerminalId } from './ids.ts';
import { CloseReason, SandboxState } from './runner-api.ts';
import { CheckVerdict, Evidence } from './verdict.ts';
import { OwnSeat } from './workshop.ts';

/**
 * HTTP and WebSocket between a learner's browser and the server. Every route but GET /api/session and
 * POST /api/session/resume needs the signed session cookie `tatami_session`. Workshops: workshop.ts.
 *
 * GET    /api/session                        -> Session; makes one when there is none
 * POST   /api/session/resume  ResumeRequest  -> Session; sets the cookie
 * GET    /api/labs?lang=                     -> LabCard[]
 * GET    /api/labs/:lab?lang=                -> LabContent
 * GET    /api/labs/:lab/attempt              -> Attempt
 * POST   /api/labs/:lab/machine              -> Attempt (starts a machine at the current step unless one runs)
 * DELETE /api/labs/:lab/machine              -> Attempt (closes it)
 * POST   /api/labs/:lab/machine/extend       -> Attempt
 * POST   /api/labs/:lab/machine/reset  ResetRequest -> Attempt (a fresh machine; what was passed is kept)
 * PUT    /api/labs/:lab/step   StepRequest   -> Attempt (opens a step: start state, checks)
 * PUT    /api/labs/:lab/answers/:checkId  Answer      -> Attempt (typed for a check of the open step)
 * PUT    /api/labs/:lab/quizzes/:checkId  QuizAnswers -> Attempt (all questions of this round at once)
 * POST   /api/labs/:lab/solutions/:checkId            -> Solution (of the open step; marks the item assisted first)
 * GET    /api/labs/:lab/debrief                       -> Debrief (of the open drill once its cause was named)
 * GET    /api/labs/:lab/events               WebSocket, LearnerEvent as JSON text frames, first `attempt`
 * GET    /api/labs/:lab/map                  WebSocket, MapEvent as JSON text frames (kernel-map.ts)
 * GET    /api/labs/:lab/terminals/:terminal/stream?from=N&cols=C&rows=R&new=1   WebSocket, terminal-stream.ts
 * POST   /api/tunnels                        -> TunnelInfo; the three WebSockets above over plain HTTP (tunnel.ts)
 * GET    /api/tunnels/:tunnel[?poll=N]       -> octet-stream, frames
 * POST   /api/tunnels/:tunnel?number=N       octet-stream, frames
 * DELETE /api/tunnels/:tunnel
 * GET    /api/websocket                      WebSocket, says one word: WebSockets come through
 * GET    /api/labs/:lab/terminals/:terminal/screen  -> octet-stream, the last output of a machine that is gone
 * GET    /api/labs/:lab/terminals/:terminal/recording?machine=  -> RecordingIndex (of the machine that runs, of the last,
 *        or of one that evidence names)
 * GET    /api/labs/:lab/terminals/:terminal/recording/bytes?machine=  RecordingRange -> octet-stream, as the runner's
 * GET    /api/labs/:lab/terminals/:terminal/recording/cast?machine=   -> a file for asciinema (asciicast v2)
 * GET    /api/docs                           OpenAPI page
 */
export const Session = z.strictObject({
  /** Typed elsewhere to go on there: four groups of four, no look-alike characters. */
  resumeCode: z.string(),
  labs: z.array(z.strictObject({ lab: LabId, passed: z.int(), total: z.int() })),
  /** In a workshop; null: self-paced. */
  seat: OwnSeat.nullable(),
});
export type Session = z.infer<typeof Session>;

export const ResumeRequest = z.strictObject({ code: z.string().min(1).max(64) });
export const ResetRequest = z.strictObject({ scope: z.enum(['machine', 'step']) });
export const StepRequest = z.strictObject({ stepId: StepId });

/** Every question of this round, by its id: the id of the option chosen. */
export const QuizAnswers = z.strictObject({ answers: z.record(Key, Key) });
export type QuizAnswers = z.infer<typeof QuizAnswers>;

export const LabCard = z.strictObject({
  id: LabId,
  order: z.int(),
  /** `unavailable`: its files have a fault; the operator is told which. */
  status: z.enum(['ready', 'planned', 'unavailable']),
  title: z.string(),
  summary: z.string(),
  minutes: z.int(),
  prerequisites: z.array(LabId),
  languages: z.array(Language),
  /** The language of this card's texts: the one asked for, or the lab's own. */
  lang: Language,
});
export type LabCard = z.infer<typeof LabCard>;

/**
 * A Markdoc renderable tree as JSON: text, or an element with children. Names are HTML element names
 * in lower case, or components: Command, Callout, Predict, Term, Ja, Diagram, Interview. Headings,
 * diagrams and interview questions have an `id`, the same in every language.
 */
export type ContentNode =
  | string
  | { name: string; attributes: Record<string, unknown>; children: ContentNode[] };
export const ContentNode: z.ZodType<ContentNode> = z.lazy(() =>
  z.union([
    z.string(),
    z.strictObject({
      name: z.string(),
      attributes: z.record(z.string(), z.unknown()),
      children: z.array(ContentNode),
    }),
  ]),
);

/** A command block. `text` may have several lines; `run` types it followed by Enter. */
export const CommandBlock = z.strictObject({
  id: z.string(),
  terminal: TerminalId,
  text: z.string(),
  /** Typed by hand only: no run button (the learner should feel it). */
  runnable: z.boolean(),
});
export type CommandBlock = z.infer<typeof CommandBlock>;

/** Everything that may be drawn; the attempt says which are asked now. */
export const QuizContent = z.strictObject({
  questions: z.array(
    z.strictObject({
      id: Key,
      question: z.string(),
      options: z.array(z.strictObject({ id: Key, text: z.string() })),
    }),
  ),
});
export type QuizContent = z.infer<typeof QuizContent>;

export const StepContent = z.strictObject({
  id: StepId,
  status: z.enum(['ready', 'planned']),
  title: z.string(),
  minutes: z.int(),
  content: z.array(ContentNode),
  commands: z.array(CommandBlock),
  checklist: z.array(
    z.strictObject({
      checkId: CheckId,
      text: z.string(),
      /** From a nudge to almost the solution. */
      hints: z.array(z.string()),
      /** What is typed for this check: one of these causes and the value that proves it, or the value alone. */
      asks: z
        .union([z.strictObject({ causes: z.array(Cause) }), z.strictObject({ fact: FaultFact })])
        .nullable(),
      quiz: QuizContent.nullable(),
      /** Whether a solution can be asked for. */
      solvable: z.boolean(),
    }),
  ),
  /** An incident: it has a clock, its checks are ticked as a flow, and it ends with a debrief. */
  drill: z.boolean(),
});
export type StepContent = z.infer<typeof StepContent>;

export const GlossaryEntry = z.strictObject({
  key: z.string(),
  term: z.string(),
  ja: z.string(),
  reading: z.string(),
  en: z.string(),
  meaning: z.string(),
});
export type GlossaryEntry = z.infer<typeof GlossaryEntry>;

export const LabContent = LabCard.extend({
  steps: z.array(StepContent),
  /** What a learner can do after this lab; an item is done when all its checks have passed. */
  checklist: z.array(
    z.strictObject({ id: Key, text: z.string(), stepId: StepId, checks: z.array(CheckId).min(1) }),
  ),
  glossary: z.array(GlossaryEntry),
});
export type LabContent = z.infer<typeof LabContent>;

export const Machine = z.strictObject({
  state: SandboxState,
  idleDeadline: z.iso.datetime(),
  absoluteDeadline: z.iso.datetime(),
  extendable: z.boolean(),
  terminals: z.array(z.strictObject({ id: TerminalId, alive: z.boolean() })),
  /** Changes with every new machine: terminals start again at offset 0. */
  generation: z.int(),
});
export type Machine = z.infer<typeof Machine>;

/** `skipped`: a later step was opened before this one's checks had all passed. */
export const StepState = z.enum(['untouched', 'open', 'skipped', 'done']);
export type StepState = z.infer<typeof StepState>;

/** A quiz of the open step. */
export const QuizState = z.strictObject({
  checkId: CheckId,
  /** Checks to pass before it opens; empty: it is open. */
  waitsFor: z.array(CheckId),
  /** Questions asked in this round, in this order; empty while it waits or once it has passed. */
  questions: z.array(Key),
  /** Rounds answered so far. */
  tries: z.int().nonnegative(),
  /** What was wrong in the last round, and the command of the step that shows why. */
  wrong: z.array(z.strictObject({ question: Key, experiment: Key })),
});
export type QuizState = z.infer<typeof QuizState>;

/** A learner's standing in one lab. */
export const Attempt = z.strictObject({
  lab: LabId,
  stepId: StepId,
  machine: Machine.nullable(),
  /** How the last machine ended and which terminals left a screen, when none runs now. */
  lastMachine: z
    .strictObject({ closedAt: z.iso.datetime(), reason: CloseReason, screens: z.array(TerminalId) })
    .nullable(),
  /** For good; but while a drill is open, of its own checks those that passed in this drill. */
  passed: z.array(z.strictObject({ checkId: CheckId, evidence: Evidence })),
  /** What was typed last for checks of the open step, and how many different things so far. */
  answers: z.array(z.strictObject({ checkId: CheckId, answer: Answer, tries: z.int().positive() })),
  /** Live verdicts of the open step's unmet checks. */
  verdicts: z.array(CheckVerdict),
  steps: z.array(z.strictObject({ stepId: StepId, state: StepState })),
  /** Checks whose solution was asked for, in any step. */
  assisted: z.array(CheckId),
  /** What the open step's drawn questions are about: the name of a container or process. */
  asked: z.array(z.strictObject({ checkId: CheckId, about: z.string() })),
  /** Quizzes of the open step. */
  quizzes: z.array(QuizState),
  /** The open step's drill: when its clock began. Reset by opening the step anew, not by reloads. */
  drill: z.strictObject({ openedAt: z.iso.datetime() }).nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** How a check can be met: lines typed one after another, each once the prompt is back; then the answer. */
export const Solution = z.strictObject({
  lines: z.array(z.strictObject({ terminal: TerminalId, text: z.string() })),
  answer: Answer.nullable(),
});
export type Solution = z.infer<typeof Solution>;

/** A drill looked back on. Times are milliseconds since its clock began. */
export const Debrief = z.strictObject({
  openedAt: z.iso.datetime(),
  /** Until the cause was named rightly. */
  causeAfterMs: z.int().nonnegative(),
  cause: Cause,
  /** The learner's commands until then, in order. */
  path: z.array(
    z.strictObject({
      atMs: z.int().nonnegative(),
      command: z.string(),
      exitCode: z.int().nullable(),
      /** The checks of the flow that it ticked. */
      ticked: z.array(CheckId),
      /** It ticked something, or looked at the target without failing. */
      helped: z.boolean(),
    }),
  ),
  /** Of `path` how many were left out because there were too many. */
  omitted: z.int().nonnegative(),
  shortest: z.array(z.string()),
});
export type Debrief = z.infer<typeof Debrief>;

export const LearnerEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('attempt'), attempt: Attempt }),
  z.strictObject({ type: z.literal('verdict'), verdict: CheckVerdict }),
  z.strictObject({
    type: z.literal('warning'),
    limit: z.enum(['idle', 'absolute']),
    minutesLeft: z.int(),
  }),
  z.strictObject({ type: z.literal('closed'), reason: CloseReason }),
  /** The runner does not answer; verdicts and terminals pause until the next `attempt`. */
  z.strictObject({ type: z.literal('runner-lost') }),
]);
export type LearnerEvent = z.infer<typeof LearnerEvent>;
