import { z } from 'zod';
import { Answer, CheckSpec } from './check-spec.ts';
import { CheckId, SandboxId, StepId, TerminalId } from './ids.ts';
import { CheckVerdict } from './verdict.ts';

/**
 * HTTP and WebSocket between server and runner, over the runner's Unix socket.
 *
 * GET    /health                                     -> RunnerHealth
 * GET    /metrics                                    -> text for Prometheus (docs/observability.md)
 * POST   /sandboxes                                  -> SandboxInfo (from the warm pool when one is ready)
 * GET    /sandboxes                                  -> SandboxInfo[]
 * GET    /sandboxes/:id                              -> SandboxInfo
 * DELETE /sandboxes/:id                              -> 204 once nothing is left of it; idempotent
 * POST   /sandboxes/:id/extend                       -> SandboxInfo
 * PUT    /sandboxes/:id/step        OpenStep         -> SandboxInfo (start state made, checks watched)
 * PUT    /sandboxes/:id/answers/:checkId  Answer     -> 204 (what the learner typed for a check of the open step)
 * GET    /sandboxes/:id/commands                     -> LearnerPath (of the open step, if it is a drill)
 * GET    /sandboxes/:id/events      WebSocket, RunnerEvent as JSON text frames, first `state`
 * GET    /sandboxes/:id/map         WebSocket, MapEvent as JSON text frames (kernel-map.ts)
 * GET    /sandboxes/:id/terminals/:terminal/stream?from=N&cols=C&rows=R&new=1   WebSocket, terminal-stream.ts
 * POST   /recordings/flush                           -> 204 once all output until now is in the files
 * GET    /sandboxes/:id/recordings              -> TerminalId[]; answers for closed sandboxes too
 * DELETE /sandboxes/:id/recordings              -> 204 once nothing of it is kept; closes the sandbox first; idempotent
 * GET    /sandboxes/:id/terminals/:terminal/recording   -> RecordingIndex; answers for closed sandboxes too
 * GET    /sandboxes/:id/terminals/:terminal/recording/bytes   RecordingRange -> octet-stream and its offset in the
 *        header `tatami-offset`; empty at the end; answers for closed sandboxes too
 */
export const RunnerHealth = z.strictObject({
  version: z.string(),
  /** Where kernel events come from, and why; how many records came and were lost since the start. */
  events: z.strictObject({
    kind: z.enum(['bpf', 'connector', 'none']),
    detail: z.string(),
    records: z.int(),
    lost: z.int(),
  }),
  seats: z.strictObject({ total: z.int(), used: z.int(), warm: z.int() }),
  /** By which sandboxes are limited (cgroups(7)). */
  cgroupVersion: z.literal([1, 2]),
});
export type RunnerHealth = z.infer<typeof RunnerHealth>;

export const SandboxState = z.enum(['creating', 'ready', 'closing', 'closed']);
export type SandboxState = z.infer<typeof SandboxState>;

export const SandboxInfo = z.strictObject({
  id: SandboxId,
  state: SandboxState,
  createdAt: z.iso.datetime(),
  /** When it closes for want of input. */
  idleDeadline: z.iso.datetime(),
  /** When it closes whatever happens. */
  absoluteDeadline: z.iso.datetime(),
  /** Whether `extend` would move the deadlines. */
  extendable: z.boolean(),
  /** When the newest look that the open step's verdicts stand on began; null: none yet, or no step. */
  lookedAt: z.iso.datetime().nullable(),
  /** When the open step's start state was made: what passes in it passes later. Null: no step. */
  stepOpenedAt: z.iso.datetime().nullable(),
  terminals: z.array(
    z.strictObject({ id: TerminalId, offset: z.int().nonnegative(), alive: z.boolean() }),
  ),
});
export type SandboxInfo = z.infer<typeof SandboxInfo>;

export const OpenStep = z.strictObject({
  stepId: StepId,
  /** Shell script run as root inside the sandbox to make the step's start state; must be idempotent. */
  setup: z.string().max(64 * 1024),
  checks: z.array(CheckSpec).max(100),
  /** End every process of the learner first; shells included. */
  restart: z.boolean().default(false),
  /** Checks that were passed before and are not watched again. */
  passed: z.array(z.string()).default([]),
  /** Answers that were typed before, by check. */
  answers: z.record(CheckId, Answer).default({}),
  /** It will be looked back on: what the learner types is kept. */
  drill: z.boolean().default(false),
});
export type OpenStep = z.infer<typeof OpenStep>;

/** A line that a learner typed, as far as programs were executed for it. */
export const PathLine = z.strictObject({
  at: z.iso.datetime(),
  command: z.string(),
  /** Null while it runs, and when a signal ended it. */
  exitCode: z.int().nullable(),
  /** The checks that it ticked. */
  ticked: z.array(CheckId),
  /** It ticked something, or looked at the target without failing. */
  helped: z.boolean(),
});
export type PathLine = z.infer<typeof PathLine>;

/** The learner's lines since the step was opened, oldest first. */
export const LearnerPath = z.strictObject({
  lines: z.array(PathLine),
  /** How many older ones there were. */
  omitted: z.int().nonnegative(),
});
export type LearnerPath = z.infer<typeof LearnerPath>;

export const CloseReason = z.enum(['idle', 'absolute', 'requested', 'crashed', 'shutdown']);
export type CloseReason = z.infer<typeof CloseReason>;

export const RunnerEvent = z.discriminatedUnion('type', [
  /** First message: the sandbox and every verdict that stands. */
  z.strictObject({
    type: z.literal('state'),
    sandbox: SandboxInfo,
    stepId: StepId.nullable(),
    verdicts: z.array(CheckVerdict),
  }),
  z.strictObject({ type: z.literal('verdict'), stepId: StepId, verdict: CheckVerdict }),
  /** Deadlines, terminals or state changed. */
  z.strictObject({ type: z.literal('sandbox'), sandbox: SandboxInfo }),
  z.strictObject({
    type: z.literal('warning'),
    limit: z.enum(['idle', 'absolute']),
    minutesLeft: z.int().positive(),
  }),
  z.strictObject({ type: z.literal('closed'), reason: CloseReason }),
]);
export type RunnerEvent = z.infer<typeof RunnerEvent>;
