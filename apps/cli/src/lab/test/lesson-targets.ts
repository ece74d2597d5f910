import { type Lab, maxSkippedCommands } from '@tatami/lab-format/loader';
import type { Language } from '@tatami/protocol';
import { type Figure, isMet, judge, type Measured, type Rule } from '../../bench/targets.ts';
import { type StepSummary, total } from './summary.ts';

/** What every lesson is held to. */
const lessonTargets = {
  blocksFailed: { op: '=', limit: 0, unit: 'count' },
  minutes: { op: '<=', limit: 10, unit: 'min' },
} as const satisfies Record<string, Rule>;

/** What a lesson with checks is held to. */
const checkTargets = {
  checksProvenRatio: { op: '=', limit: 1, unit: 'ratio' },
  wrongAttemptsPerCheckMin: { op: '>=', limit: 2, unit: 'count' },
  cheatsPerCheckMin: { op: '>=', limit: 1, unit: 'count' },
} as const satisfies Record<string, Rule>;

/** What is known of a lesson after its run. */
export interface LessonFigures {
  languages: Language[];
  summaries: StepSummary[];
  /** How many mistakes, and how many cheats, each check without a quiz has. */
  attempts: { mistakes: number; cheats: number }[];
  /** Of a lesson with a source map. */
  source: Lab['source'];
  checklistItems: number;
  minutes: number;
}

/** The lesson's figures beside those targets that apply to it. */
export function lessonMeasured(figures: LessonFigures): Measured[] {
  const { summaries, attempts, minutes } = figures;
  const blocks = total(summaries.flatMap((one) => [...one.blocks.values()]));
  return [
    ...sourceMeasured(figures),
    ...(attempts.length > 0 ? judge(checkTargets, checkFigures(figures)) : []),
    ...judge(lessonTargets, {
      blocksFailed: { measured: blocks.of - blocks.good, n: blocks.of },
      minutes: { measured: minutes, n: 1 },
    }),
  ];
}

const count = (measured: number): Figure => ({ measured, n: measured });

/** What a lesson made from a source is held to, by what its own files declare: nothing is lost, in any language. */
function sourceMeasured({
  source,
  summaries,
  checklistItems,
  languages,
}: LessonFigures): Measured[] {
  if (!source) return [];
  const { commands, mapped, corrected, skipped, checklist } = source;
  const rule = (op: Rule['op'], limit: number): Rule => ({ op, limit, unit: 'count' });
  const measured = judge(
    {
      sourceCommands: rule('=', commands),
      sourceSkipped: rule('<=', maxSkippedCommands),
      languages: rule('=', languages.length),
      checklistItems: rule('=', checklist),
    },
    {
      sourceCommands: { measured: mapped + corrected + skipped, n: commands },
      sourceSkipped: { measured: skipped, n: commands },
      languages: count(completeLanguages(summaries)),
      checklistItems: count(checklistItems),
    },
  );
  // A source without a checklist says nothing of one.
  return measured.filter(({ name }) => name !== 'checklistItems' || checklist > 0);
}

function checkFigures({ summaries, attempts }: LessonFigures) {
  const checks = total(summaries.map((one) => one.checks));
  const least = (counts: number[]): Figure => ({ measured: Math.min(...counts), n: counts.length });
  return {
    // Rounded down: one check in a thousand that is not proven must not make it 1.
    checksProvenRatio: {
      measured: Math.floor((100 * checks.good) / checks.of) / 100,
      n: checks.of,
    },
    wrongAttemptsPerCheckMin: least(attempts.map(({ mistakes }) => mistakes)),
    cheatsPerCheckMin: least(attempts.map(({ cheats }) => cheats)),
  };
}

/** Languages in which every block of every step was played. */
function completeLanguages(summaries: StepSummary[]): number {
  const languages = new Set(summaries.flatMap(({ blocks }) => [...blocks.keys()]));
  return [...languages].filter((lang) =>
    summaries.every(({ blocks }) => {
      const share = blocks.get(lang);
      return share !== undefined && share.good === share.of;
    }),
  ).length;
}

/** Of several lessons, each target once: as the first lesson that misses it measured it, else the first that has it. */
export function merged(lessons: Measured[][]): Measured[] {
  const all = lessons.flat();
  return [...new Set(all.map(({ name }) => name))].flatMap(
    (name) =>
      all.find((one) => one.name === name && !isMet(one)) ??
      all.find((one) => one.name === name) ??
      [],
  );
}
