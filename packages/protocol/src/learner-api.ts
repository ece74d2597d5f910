import { z } from 'zod';
import { Answer, Cause } from './check-spec.ts';
import { CheckId, LabId, Language, StepId, TerminalId } from './ids.ts';
import { CloseReason, SandboxState } from './runner-api.ts';
import { CheckVerdict, Evidence } from './verdict.ts';

/**
 * HTTP and WebSocket between browser and server. Every route but /healthz, GET /api/session,
 * POST /api/session/resume and the static files needs the signed session cookie `tatami_session`.
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
 * GET    /api/labs/:lab/events               WebSocket, LearnerEvent as JSON text frames, first `attempt`
 * GET    /api/labs/:lab/terminals/:terminal/stream?from=N&cols=C&rows=R&new=1   WebSocket, terminal-stream.ts
 * GET    /api/labs/:lab/terminals/:terminal/screen  -> octet-stream, the last output of a machine that is gone
 * GET    /api/docs                           OpenAPI page
 */
export const Session = z.strictObject({
  /** Typed elsewhere to go on there: four groups of four, no look-alike characters. */
  resumeCode: z.string(),
  labs: z.array(z.strictObject({ lab: LabId, passed: z.int(), total: z.int() })),
});
export type Session = z.infer<typeof Session>;

export const ResumeRequest = z.strictObject({ code: z.string().min(1).max(64) });
export const ResetRequest = z.strictObject({ scope: z.enum(['machine', 'step']) });
export const StepRequest = z.strictObject({ stepId: StepId });

export const LabCard = z.strictObject({
  id: LabId,
  order: z.int(),
  status: z.enum(['ready', 'planned']),
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
 * in lower case, or components: Command, Callout, Predict, Term, Diagram.
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
      hint: z.string().nullable(),
      /** The learner names one of these causes and a value; null: nothing is typed for this check. */
      causes: z.array(Cause).nullable(),
    }),
  ),
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

/** A learner's standing in one lab. */
export const Attempt = z.strictObject({
  lab: LabId,
  stepId: StepId,
  machine: Machine.nullable(),
  /** How the last machine ended and which terminals left a screen, when none runs now. */
  lastMachine: z
    .strictObject({ closedAt: z.iso.datetime(), reason: CloseReason, screens: z.array(TerminalId) })
    .nullable(),
  passed: z.array(z.strictObject({ checkId: CheckId, evidence: Evidence })),
  /** What was typed last for checks of the open step, and how many different things so far. */
  answers: z.array(z.strictObject({ checkId: CheckId, answer: Answer, tries: z.int().positive() })),
  /** Live verdicts of the open step's unmet checks. */
  verdicts: z.array(CheckVerdict),
});
export type Attempt = z.infer<typeof Attempt>;

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
