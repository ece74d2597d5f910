import { z } from 'zod';

/** What the server stands on, and `stopping` while it lets go of learners before its end. */
export const ReadyPart = z.enum(['database', 'data-folder', 'runner', 'stopping']);
export type ReadyPart = z.infer<typeof ReadyPart>;

/** GET /readyz: 200 or 503, for whoever sends browsers here or restarts us. */
export const ReadyAnswer = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('ready') }),
  z.strictObject({ status: z.literal('unready'), failing: z.array(ReadyPart).min(1) }),
]);
export type ReadyAnswer = z.infer<typeof ReadyAnswer>;
