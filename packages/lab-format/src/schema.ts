import {
  AnswerFacts,
  Cause,
  CheckId,
  CheckSpec,
  FaultFact,
  LabId,
  Language,
  StepId,
  TerminalId,
} from '@tatami/protocol';
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

/** Characters of the longest start state that the runner takes, that of a fault included. */
export const maxSetupLength = 64 * 1024;

/** A check as a step lists it: its answer may be `drawn`, and is then that of the fault a learner gets. */
export const StepCheck = z
  .strictObject({
    ...CheckSpec.shape,
    answer: z.union([z.literal('drawn'), AnswerFacts]).optional(),
  })
  .superRefine((check, context) => {
    // Which fault is drawn makes no difference to what a check must be.
    const answer = check.answer === 'drawn' ? { cause: 'name', fact: 'nameserver' } : check.answer;
    for (const { message } of CheckSpec.safeParse({ ...check, answer }).error?.issues ?? [])
      context.addIssue(message);
  });
export type StepCheck = z.infer<typeof StepCheck>;

/** `step.yaml`: everything about a step that does not depend on a language. */
export const StepFile = z.strictObject({
  id: StepId,
  status: Status,
  minutes: z.int().positive(),
  setup: z.string().max(maxSetupLength).default(''),
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
  checklist: z.array(z.strictObject({ check: StepCheck })).default([]),
});
export type StepFile = z.infer<typeof StepFile>;

/** One way in which a step's service may be ill. */
export const Fault = z.strictObject({
  id: Key,
  /** Shell script run as root inside the sandbox after the step's own; must be idempotent. */
  setup: Text,
  cause: Cause,
  fact: FaultFact,
  /** What a learner types to mend it; without it the fault cannot be mended from outside. */
  mend: Text.optional(),
});
export type Fault = z.infer<typeof Fault>;

/** `faults.yaml`: what may be drawn for a learner in this step. */
export const FaultsFile = z.array(Fault).min(1, 'a step with faults has one or more');
export type FaultsFile = z.infer<typeof FaultsFile>;

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
