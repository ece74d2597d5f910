import { z } from 'zod';

/**
 * What is kept of a learner, between browser and server.
 *
 * GET  /api/privacy          -> PrivacyNotice (of the session: its workshop's terms, or the server's)
 * GET  /api/privacy/data     -> a zip of everything that is kept of the learner
 * POST /api/privacy/erasure  ErasureRequest -> 204; the session is over
 */

/** How long things are kept unless a workshop says less or more. */
export const defaultRetention = { recordingsDays: 30, marksDays: 365 };

export const Retention = z.strictObject({
  /** Recordings of terminals, from their last output on. */
  recordingsDays: z.int().min(1).max(30).default(defaultRetention.recordingsDays),
  /** Marks, evidence and names, from the workshop's end or the last visit on. */
  marksDays: z.int().min(1).max(3650).default(defaultRetention.marksDays),
});
export type Retention = z.infer<typeof Retention>;

export const PrivacyNotice = z.strictObject({
  retention: Retention,
  /** Null outside a workshop. */
  workshop: z.strictObject({ title: z.string() }).nullable(),
});
export type PrivacyNotice = z.infer<typeof PrivacyNotice>;

/** Said by hand, so that nothing is deleted by a request that went astray. */
export const ErasureRequest = z.strictObject({ confirm: z.literal('erase') });
