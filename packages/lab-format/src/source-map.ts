import { Key, LabId, StepId } from '@tatami/protocol';
import { z } from 'zod';

const Text = z.string().trim().min(1);
const listed = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1)]).default([]);

const matches = (schema: z.ZodType, text: string | undefined) => schema.safeParse(text).success;

/**
 * A place in the lab: `STEP` or `STEP#ID` (a command, heading, diagram or interview question of it),
 * `checklist#ID`, `glossary#KEY`, or `lab:ID`.
 */
const Place = z.string().refine(
  (place) => {
    if (place.startsWith('lab:')) return matches(LabId, place.slice(4));
    const [step, id, ...more] = place.split('#');
    return matches(StepId, step) && (id === undefined || matches(Key, id)) && more.length === 0;
  },
  { error: 'a place is STEP, STEP#ID, checklist#ID, glossary#KEY or lab:ID' },
);

/** One thing that the source says, and where the lab says it. */
const SourceEntry = z
  .strictObject({
    kind: z.enum([
      'heading',
      'paragraph',
      'item',
      'row',
      'option',
      'command',
      'output',
      'diagram',
      'checklist',
      'term',
      'link',
      'interview',
      'navigation',
    ]),
    /** In the source. */
    line: z.int().positive(),
    /** The bash block of the source that it is in, counted from 1. */
    block: z.int().positive().optional(),
    /** As the source says it; of a link its address. */
    text: Text,
    to: listed(Place),
    /** What those places must show in every language, letter for letter. */
    has: listed(Text),
    /** Why the lab says something else. */
    corrected: Text.optional(),
    /** Why the lab does not say it. */
    skipped: Text.optional(),
  })
  .refine(({ to, corrected, skipped }) => to.length > 0 || corrected || skipped, {
    error: 'an entry leads somewhere (`to`), or says why not (`corrected`, `skipped`)',
  })
  .refine(({ to, corrected, skipped }) => !skipped || (to.length === 0 && !corrected), {
    error: 'what is skipped has no place and is not corrected',
  })
  .refine(({ kind, block }) => kind !== 'command' || block !== undefined, {
    error: 'a command is in a block of the source (`block`)',
  });
export type SourceEntry = z.infer<typeof SourceEntry>;

/** `source-map.yaml`: all that the text says which a lab was made from, so that nothing of it is lost. */
export const SourceMapFile = z.strictObject({
  source: z.strictObject({
    title: Text,
    /** Bash blocks, and the lines in them that are neither empty nor comments. */
    blocks: z.int().nonnegative(),
    commands: z.int().nonnegative(),
  }),
  entries: z.array(SourceEntry).min(1),
});
export type SourceMapFile = z.infer<typeof SourceMapFile>;

/** Commands of a source that its lab may leave out, each with a reason. */
export const maxSkippedCommands = 3;

/** Commands of the source: each is mapped, corrected or skipped. And the items of its checklist. */
export interface SourceCounts {
  commands: number;
  mapped: number;
  corrected: number;
  skipped: number;
  checklist: number;
}

export function sourceCounts({ source, entries }: SourceMapFile): SourceCounts {
  const commands = entries.filter(({ kind }) => kind === 'command');
  const corrected = commands.filter((entry) => entry.corrected).length;
  const skipped = commands.filter((entry) => entry.skipped).length;
  const mapped = commands.length - corrected - skipped;
  const checklist = entries.filter(({ kind }) => kind === 'checklist').length;
  return { commands: source.commands, mapped, corrected, skipped, checklist };
}
