import { z } from 'zod';
import { LabId, Language, StepId } from './ids.ts';
import { Evidence } from './verdict.ts';

/**
 * A learner's incident report (docs/reports.md): what they write, and what is known of what they did.
 *
 * GET    /api/labs/:lab/report?lang=&zone=   -> IncidentView
 * PUT    /api/labs/:lab/report  IncidentDraft -> IncidentView (kept before it answers)
 * POST   /api/labs/:lab/report/html?lang=&zone=      -> the sealed HTML file of what was kept, or is proposed
 * POST   /api/labs/:lab/report/markdown?lang=&zone=  -> a copy for trackers
 * POST   /api/labs/:lab/moments  MomentRequest -> Moment (what the kernel says now)
 * DELETE /api/labs/:lab/moments/:moment
 * GET    /api/evidence/key                   -> the key that files are sealed with, PEM; for everybody
 */
const shown = { facts: Evidence.shape.facts, offsets: Evidence.shape.offsets };

export const MomentId = z.string().regex(/^[0-9a-f]{16}$/);

/** Most moments that are kept of one attempt. */
export const maxMoments = 50;

/** A moment that a learner marked: where the terminals and their namespaces stood then. */
export const Moment = z.strictObject({
  id: MomentId,
  at: z.iso.datetime(),
  note: z.string(),
  ...shown,
});
export type Moment = z.infer<typeof Moment>;

export const MomentRequest = z.strictObject({ note: z.string().trim().min(1).max(200) });

/** IANA name of a time zone that this program knows. */
export const TimeZone = z.string().max(64).refine(isTimeZone);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const prose = z.string().max(4000);
/** What something in the time line is called for good, e.g. `passed:drill.net`. */
export const EventKey = z.string().min(1).max(100);

/** The parts that a learner writes, in their order; time line and evidence stand between and behind them. */
export const incidentParts = [
  'detection',
  'impact',
  'cause',
  'stopgap',
  'remedy',
  'prevention',
] as const;
export type IncidentPart = (typeof incidentParts)[number];

export const IncidentDraft = z.strictObject({
  lang: Language,
  zone: TimeZone,
  /** What it is about: one step, or all of the lesson. */
  step: StepId.nullable(),
  title: z.string().max(200),
  author: z.string().max(100),
  occurred: z.string().max(200),
  parts: z.strictObject({
    ...{ detection: prose, impact: prose, cause: prose },
    ...{ stopgap: prose, remedy: prose, prevention: prose },
  }),
  /** Left out of the time line and the evidence. */
  hidden: z.array(EventKey).max(1000),
  /** What the time line says instead of what it would. */
  words: z.record(EventKey, z.string().max(500)),
  /** What no machine has seen. */
  own: z.array(z.strictObject({ at: z.iso.datetime(), text: z.string().min(1).max(500) })).max(50),
});
export type IncidentDraft = z.infer<typeof IncidentDraft>;

/** Something that happened, as far as it is known here. */
export const IncidentEvent = z.strictObject({
  key: EventKey,
  kind: z.enum(['alert', 'step', 'command', 'passed', 'solution', 'quiz', 'moment', 'own']),
  at: z.iso.datetime(),
  text: z.string(),
  ...shown,
});
export type IncidentEvent = z.infer<typeof IncidentEvent>;

export const IncidentView = z.strictObject({
  lab: LabId,
  /** As it was kept, or as it is proposed. */
  draft: IncidentDraft,
  kept: z.boolean(),
  /** In order, those that are left out too. */
  events: z.array(IncidentEvent),
  steps: z.array(z.strictObject({ id: StepId, title: z.string(), drill: z.boolean() })),
});
export type IncidentView = z.infer<typeof IncidentView>;
