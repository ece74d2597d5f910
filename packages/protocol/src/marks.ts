import { z } from 'zod';
import { CheckId, Key, LabId, Language } from './ids.ts';
import { Evidence } from './verdict.ts';

/**
 * Marks, between browser and server. Points are numbers with at most two decimals. Texts are in the language that `?lang=`
 * asks for, or the lab's own.
 *
 * GET  /api/labs/:lab/marks                             -> OwnMarks (a learner's; in a workshop or not)
 * GET  /api/workshops/:workshop/marks                   -> WorkshopMarks
 * POST /api/workshops/:workshop/marks/:learner/changes  MarkChangeRequest -> WorkshopMarks
 * PUT  /api/workshops/:workshop/weights                 Weights -> WorkshopMarks (until it opens)
 * POST /api/workshops/:workshop/gradings                GradingRequest -> WorkshopMarks
 * GET  /api/workshops/:workshop/marks.csv               CsvQuery -> text/csv
 * GET  /api/workshops/:workshop/marks.json              -> MarksExport, a file
 * GET  /api/workshops/:workshop/marks/:learner          -> MarksExport of one learner, a file
 */

/** What an item is worth that nobody has weighed. */
export const defaultItemPoints = 10;

/** How a lesson or a workshop weighs the items of the checklist; an item that is not named is worth 10 points. */
export const Weights = z.strictObject({
  points: z.record(Key, z.int().min(0).max(1000)).default({}),
  /** Of all points; from there on the lesson is passed. */
  passPercent: z.int().min(0).max(100).default(70),
  /** What is left of an item's points when its solution was shown before it was proven. */
  assistedPercent: z.int().min(0).max(100).default(50),
});
export type Weights = z.infer<typeof Weights>;

/** The rule that marks are made by. */
export const GradingScheme = z.strictObject({
  /** An item is met when all its checks have passed. */
  items: z.array(z.strictObject({ id: Key, points: z.int(), checks: z.array(CheckId).min(1) })),
  passPercent: z.int(),
  assistedPercent: z.int(),
});
export type GradingScheme = z.infer<typeof GradingScheme>;

/** `late`: it was met, but after the deadline. */
export const ItemState = z.enum(['open', 'met', 'assisted', 'late']);
export type ItemState = z.infer<typeof ItemState>;

export const ItemMark = z.strictObject({
  id: Key,
  state: ItemState,
  earned: z.number().nonnegative(),
  /** When its last check passed; null while it is open. */
  provenAt: z.iso.datetime().nullable(),
});
export type ItemMark = z.infer<typeof ItemMark>;

export const Mark = z.strictObject({
  items: z.array(ItemMark),
  earned: z.number().nonnegative(),
  possible: z.number().nonnegative(),
  passed: z.boolean(),
});
export type Mark = z.infer<typeof Mark>;

/** An item's points as somebody set them by hand; the newest of an item counts. */
export const MarkChange = z.strictObject({
  itemId: Key,
  /** Null: as it was graded. */
  earned: z.number().nonnegative().nullable(),
  /** Null once the learner has deleted their data. */
  reason: z.string().nullable(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type MarkChange = z.infer<typeof MarkChange>;

const ReasonText = z.string().trim().min(3).max(500);

export const MarkChangeRequest = z.strictObject({
  itemId: Key,
  earned: z.number().min(0).max(1000).multipleOf(0.01).nullable(),
  reason: ReasonText,
});
export type MarkChangeRequest = z.infer<typeof MarkChangeRequest>;

export const GradingRequest = z.strictObject({
  reason: ReasonText,
  /** Weighs anew; null: as before. */
  weights: Weights.nullable().default(null),
});
export type GradingRequest = z.infer<typeof GradingRequest>;

/** Marks were fixed; earlier ones stay. */
export const Grading = z.strictObject({
  version: z.int().positive(),
  scheme: GradingScheme,
  closesAt: z.iso.datetime(),
  madeAt: z.iso.datetime(),
  /** Null: the server, when the workshop had closed. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Grading = z.infer<typeof Grading>;

const texts = {
  lab: LabId,
  lang: Language,
  /** What the items say. */
  texts: z.record(Key, z.string()),
};

/** Where marks are shown to whoever earned them. */
export const OwnMarks = z.strictObject({
  ...texts,
  scheme: GradingScheme,
  /** Null outside a workshop: nothing ends, and nobody but the learner sees it. */
  workshop: z.strictObject({ title: z.string(), closesAt: z.iso.datetime() }).nullable(),
  /** It is fixed: the workshop has closed. */
  settled: z.boolean(),
  mark: Mark,
  changes: z.array(MarkChange),
});
export type OwnMarks = z.infer<typeof OwnMarks>;

export const LearnerMark = z.strictObject({
  learnerId: z.string(),
  name: z.string(),
  number: z.string().nullable(),
  /** Null: nobody has come for this place of the roster. */
  joinedAt: z.iso.datetime().nullable(),
  /** With changes by hand. */
  mark: Mark,
  /** As graded first, before any change or further grading. */
  original: Mark,
  changes: z.array(MarkChange),
});
export type LearnerMark = z.infer<typeof LearnerMark>;

/** Two learners who proved the same items at the same pace and by the same commands. A hint, never a penalty. */
export const Likeness = z.strictObject({
  learners: z.tuple([z.string(), z.string()]),
  checks: z.array(CheckId),
  /** The largest difference between their pauses from one proof to the next. */
  apartMs: z.int().nonnegative(),
  /** How many of the checks named a command, the same for both. */
  sameCommands: z.int().nonnegative(),
});
export type Likeness = z.infer<typeof Likeness>;

export const WorkshopMarks = z.strictObject({
  ...texts,
  title: z.string(),
  closesAt: z.iso.datetime(),
  scheme: GradingScheme,
  /** Oldest first; empty until the workshop has closed. */
  gradings: z.array(Grading),
  /** The lesson's checks or items are others than when the newest grading was made. */
  lessonChanged: z.boolean(),
  /** It has not opened: weights can still be changed without a grading. */
  weighable: z.boolean(),
  /** The newest grading counts; otherwise points can still be earned. */
  settled: z.boolean(),
  /** What was fixed is what the server's chain of digests says. */
  intact: z.boolean(),
  learners: z.array(LearnerMark),
  /** Learners who have deleted their data since. */
  erased: z.int().nonnegative(),
  likenesses: z.array(Likeness),
});
export type WorkshopMarks = z.infer<typeof WorkshopMarks>;

/** Whose columns: `all` says everything, the others what these systems import. */
export const CsvFor = z.enum(['all', 'moodle', 'canvas']);
export type CsvFor = z.infer<typeof CsvFor>;

export const CsvQuery = z.strictObject({
  for: CsvFor.default('all'),
  /** A byte order mark, by which Excel knows UTF-8. */
  bom: z.enum(['0', '1']).default('0'),
});

/** All that is kept of one check: what was seen, and how it was come by. */
export const CheckRecord = z.strictObject({
  checkId: CheckId,
  evidence: Evidence.nullable(),
  /** Answers typed or rounds of a quiz; null where nothing is counted. */
  tries: z.int().nonnegative().nullable(),
  /** When its solution was shown before it had passed. */
  assistedAt: z.iso.datetime().nullable(),
});
export type CheckRecord = z.infer<typeof CheckRecord>;

export const LearnerExport = LearnerMark.extend({
  /** Machines that were started in the lesson. */
  machines: z.int().nonnegative(),
  checks: z.array(CheckRecord),
  /** One of each grading, oldest first. */
  gradings: z.array(z.strictObject({ version: z.int().positive(), mark: Mark })),
});
export type LearnerExport = z.infer<typeof LearnerExport>;

export const MarksExport = WorkshopMarks.extend({
  workshop: z.string(),
  exportedAt: z.iso.datetime(),
  learners: z.array(LearnerExport),
});
export type MarksExport = z.infer<typeof MarksExport>;
