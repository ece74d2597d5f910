import { Answer, CheckId, TerminalId } from '@tatami/protocol';
import { z } from 'zod';

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const Text = z.string().trim().min(1);

/** A line typed into a terminal, followed by Enter; a bare text goes into terminal 1. */
export const Line = z.union([
  Text.transform((text) => ({ terminal: '1', text })),
  z.strictObject({
    terminal: z.union([TerminalId, z.int().transform(String).pipe(TerminalId)]),
    text: Text,
  }),
]);
export type Line = z.infer<typeof Line>;

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

/** `mistakes.yaml`: likely mistakes and cheats of one step. `before` is typed before each of them. */
export const MistakesFile = z.strictObject({
  before: z.array(Line).default([]),
  mistakes: z.array(Mistake).min(1),
});
export type MistakesFile = z.infer<typeof MistakesFile>;
