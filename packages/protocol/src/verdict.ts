import { z } from 'zod';
import { CheckId, SandboxId, TerminalId } from './ids.ts';

/** Why a verdict is what it is: a key of the interface's texts, with parameters; never prose. */
export const Reason = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});
export type Reason = z.infer<typeof Reason>;

/** What was seen when a check passed. Facts are (name, value) pairs in the order of the check. */
export const Evidence = z.strictObject({
  at: z.iso.datetime(),
  facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  /** Where the terminals' recordings stood at that moment, in bytes, and whose they are. */
  offsets: z.array(
    z.strictObject({
      terminal: TerminalId,
      offset: z.int().nonnegative(),
      /** Unknown of what passed before machines were noted. */
      machine: SandboxId.optional(),
    }),
  ),
});
export type Evidence = z.infer<typeof Evidence>;

/**
 * The outcome of one check. `not-yet` can still be reached from here; `failed` needs a reset first;
 * `unavailable` says that we could not look and is never the learner's mistake.
 */
export const Verdict = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('passed'), evidence: Evidence }),
  z.strictObject({ status: z.literal('not-yet'), reason: Reason }),
  z.strictObject({ status: z.literal('failed'), reason: Reason }),
  z.strictObject({ status: z.literal('unavailable'), reason: Reason }),
]);
export type Verdict = z.infer<typeof Verdict>;

export const CheckVerdict = z.strictObject({ checkId: CheckId, verdict: Verdict });
export type CheckVerdict = z.infer<typeof CheckVerdict>;
