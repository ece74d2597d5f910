import {
  AnswerFacts,
  Cause,
  CheckId,
  CheckSpec,
  FaultFact,
  Key,
  LabId,
  Language,
  StepId,
  Target,
  TerminalId,
  Weights,
} from '@tatami/protocol';
import { z } from 'zod';
import { Line } from './line.ts';

const Status = z.enum(['ready', 'planned']);
const Text = z.string().trim().min(1);

/** `lab.yaml`. The first of `languages` is the lab's own, shown to those whose language it lacks. */
export const LabFile = z.strictObject({
  id: LabId,
  order: z.int().nonnegative(),
  status: Status,
  minutes: z.int().positive(),
  prerequisites: z.array(LabId).default([]),
  languages: z.array(Language).min(1),
  texts: z.partialRecord(
    Language,
    z.strictObject({
      title: Text,
      summary: Text,
      /** By checklist item. */
      checklist: z.record(Key, Text).default({}),
    }),
  ),
  steps: z.array(StepId).default([]),
  /** What a learner can do after this lab, and the checks that prove it. */
  checklist: z
    .array(z.strictObject({ id: Key, step: StepId, checks: z.array(CheckId).min(1) }))
    .default([]),
  /** What the items are worth where a workshop does not say otherwise. */
  grading: Weights.prefault({}),
});
export type LabFile = z.infer<typeof LabFile>;

/** Characters of the longest start state that the runner takes, that of a fault included. */
export const maxSetupLength = 64 * 1024;

/** One of these processes is drawn for a learner, as the one that a question is about. */
const DrawnTarget = z.strictObject({ drawn: z.array(z.string().min(1)).min(2) });

/**
 * A check as a step lists it: its answer may be `drawn`, and is then that of the fault a learner gets; so
 * may its target.
 */
export const StepCheck = z
  .strictObject({
    ...CheckSpec.shape,
    target: z.union([DrawnTarget, Target]).optional(),
    answer: z.union([z.literal('drawn'), AnswerFacts]).optional(),
  })
  .superRefine((check, context) => {
    // What is drawn makes no difference to what a check must be.
    const answer = check.answer === 'drawn' ? { cause: 'name', fact: 'nameserver' } : check.answer;
    const target = check.target && 'drawn' in check.target ? { process: 'any' } : check.target;
    for (const { message } of CheckSpec.safeParse({ ...check, target, answer }).error?.issues ?? [])
      context.addIssue(message);
  });
export type StepCheck = z.infer<typeof StepCheck>;

/** Questions instead of facts: no kernel knows whether somebody can explain. */
export const StepQuiz = z.strictObject({
  id: CheckId,
  /** Checks of this step that must have passed first. */
  after: z.array(CheckId).default([]),
  /** Questions asked at once; a retry draws others. */
  draw: z.int().positive(),
});
export type StepQuiz = z.infer<typeof StepQuiz>;

/** Regular expressions (multi-line) that what a terminal shows must, or must not, match. */
const Patterns = z
  .union([Text.transform((one) => [one]), z.array(Text).min(1)])
  .pipe(
    z.array(
      z.string().refine(isPattern, { error: ({ input }) => `not a regular expression: ${input}` }),
    ),
  )
  .default([]);

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'm') instanceof RegExp;
  } catch {
    return false;
  }
}

/** What a terminal shows from the echo of a block until the prompt is back, the prompt included. */
const Shown = z.strictObject({ shows: Patterns, hides: Patterns });

/** What a command block does, as `tatami lab test` asserts it. */
export const Expectation = Shown.extend({
  /** It prints nothing at all. */
  silent: z.boolean().default(false),
  /** It keeps its terminal until another block ends it. */
  holds: z.boolean().default(false),
  /** It is typed once what was drawn has been named and, where it can be, mended. */
  mended: z.boolean().default(false),
  /** What more it shows when this fault is drawn. */
  faults: z.record(Key, Shown).default({}),
});
export type Expectation = z.infer<typeof Expectation>;

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
        expect: Expectation.prefault({}),
      }),
    )
    .default([]),
  checklist: z
    .array(
      z.strictObject({
        check: StepCheck,
        /**
         * What meets it from the start state; where the answer is drawn, the fault says it. `<target>` is
         * the name of a drawn target, and what is asked for is the last number that is shown.
         */
        solution: z.array(Line).default([]),
      }),
    )
    .default([]),
  /** Comes after the checks. Its pool is quiz.yaml. */
  quiz: StepQuiz.optional(),
  /** An incident with a clock, a flow and a debrief: every check of the step is a part of its flow. */
  drill: z.boolean().default(false),
});
export type StepFile = z.infer<typeof StepFile>;

/** One way in which a step's service may be ill. */
export const Fault = z.strictObject({
  id: Key,
  /** Shell script run as root inside the sandbox after the step's own; must be idempotent. */
  setup: Text,
  cause: Cause,
  fact: FaultFact,
  /** The value that a learner reads and names. */
  value: Text,
  /** Fewest lines from the start state to the output that shows the value. */
  shortest: z.array(Line).min(1),
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
    .record(CheckId, z.strictObject({ text: Text, hints: z.array(Text).default([]) }))
    .default({}),
  /** Words of the questions of quiz.yaml. */
  quiz: z.record(Key, z.strictObject({ question: Text, options: z.record(Key, Text) })).default({}),
});
export type StepTexts = z.infer<typeof StepTexts>;

/** `quiz.yaml`: the pool of a step's quiz. */
export const QuizFile = z
  .array(
    z.strictObject({
      id: Key,
      options: z.array(Key).min(2),
      answer: Key,
      /** The command of this step that shows why. */
      experiment: Key,
    }),
  )
  .min(1);
export type QuizFile = z.infer<typeof QuizFile>;

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
