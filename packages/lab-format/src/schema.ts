import { CheckId, CheckSpec, LabId, Language, StepId, TerminalId } from '@tatami/protocol';
import { z } from 'zod';

const Status = z.enum(['ready', 'planned']);
const Text = z.string().trim().min(1);
const Key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);

/** `lab.yaml`. The first of `languages` is the lab's own, shown to those whose language it lacks. */
export const LabFile = z.strictObject({
  id: LabId,
  order: z.int().nonnegative(),
  status: Status,
  minutes: z.int().positive(),
  prerequisites: z.array(LabId).default([]),
  languages: z.array(Language).min(1),
  texts: z.partialRecord(Language, z.strictObject({ title: Text, summary: Text })),
  steps: z.array(StepId).default([]),
});
export type LabFile = z.infer<typeof LabFile>;

/** `step.yaml`: everything about a step that does not depend on a language. */
export const StepFile = z.strictObject({
  id: StepId,
  status: Status,
  minutes: z.int().positive(),
  setup: z
    .string()
    .max(64 * 1024)
    .default(''),
  commands: z
    .array(
      z.strictObject({
        id: Key,
        terminal: z.union([TerminalId, z.int().transform(String).pipe(TerminalId)]).default('1'),
        text: Text,
        runnable: z.boolean().default(true),
      }),
    )
    .default([]),
  checklist: z.array(z.strictObject({ check: CheckSpec })).default([]),
});
export type StepFile = z.infer<typeof StepFile>;

/** Front matter of a step's prose. */
export const StepTexts = z.strictObject({
  title: Text,
  checklist: z
    .record(CheckId, z.strictObject({ text: Text, hint: Text.nullable().default(null) }))
    .default({}),
});
export type StepTexts = z.infer<typeof StepTexts>;

/** `glossary.yaml`: the workplace's Japanese words by key, explained in each language. */
export const GlossaryFile = z.record(
  Key,
  z.strictObject({
    ja: Text,
    reading: Text,
    en: Text,
    texts: z.partialRecord(Language, z.strictObject({ term: Text, meaning: Text })),
  }),
);
export type GlossaryFile = z.infer<typeof GlossaryFile>;
