import { Answer, CheckId } from '@tatami/protocol';
import { z } from 'zod';
import { Line } from './line.ts';

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const Text = z.string().trim().min(1);

/** Something a learner may do instead of what a check asks for, and the reason that must be told. */
export const Mistake = z
  .strictObject({
    id: Name,
    check: CheckId,
    /** What must be drawn for it, where that matters. */
    fault: Name.optional(),
    /** Lines in their order; each but the last returns to a prompt before the next is typed. */
    type: z.array(Line).default([]),
    /** What is then typed into the check's form. */
    answer: Answer.optional(),
    /** `key` without `reason.`; the reason must have these params and may have more. */
    reason: z.strictObject({
      key: z.string().regex(/^[a-z][a-z0-9-]*$/),
      params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    }),
    note: Text.optional(),
  })
  .refine(({ type, answer }) => type.length > 0 || answer, {
    error: 'a mistake needs something that is typed, or an answer',
  });
export type Mistake = z.infer<typeof Mistake>;

/**
 * `mistakes.yaml`: likely mistakes of one step, and attempts to have a check passed without doing what
 * it asks for. `before` is typed before each of them.
 */
export const MistakesFile = z.strictObject({
  before: z.array(Line).default([]),
  mistakes: z.array(Mistake).default([]),
  cheats: z.array(Mistake).default([]),
});
export type MistakesFile = z.infer<typeof MistakesFile>;
