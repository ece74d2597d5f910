import {
  Cause,
  type LabCard,
  type LabContent,
  type Language,
  type Solution,
  type StepContent,
  type StepId,
} from '@tatami/protocol';
import { type Drawn, draw } from './draw.ts';
import type { MistakesFile } from './mistakes.ts';
import type { Prose } from './prose.ts';
import type {
  Fault,
  GlossaryFile,
  LabFile,
  QuizFile,
  StepCheck,
  StepFile,
  StepQuiz,
  StepTexts,
} from './schema.ts';
import { solutionOf } from './solution.ts';
import { type SourceCounts, type SourceMapFile, sourceCounts } from './source-map.ts';

/** A lab as the server uses it. */
export interface Lab {
  id: string;
  order: number;
  status: 'ready' | 'planned';
  /** Where a learner begins; `00-planned` for a planned lab that has no steps yet. */
  firstStep: StepId;
  /** Texts in `lang`, or in the lab's own language, which the `lang` field of the result tells. */
  card: (lang: Language) => LabCard;
  content: (lang: Language) => LabContent;
  step: (stepId: string) => LabStep | undefined;
  stepIds: StepId[];
  checklist: LabFile['checklist'];
  grading: LabFile['grading'];
  /** Every check of every step, in order; quizzes are among them. */
  checkIds: string[];
  /** What became of the commands of the text it was made from; null when there is no source map. */
  source: SourceCounts | null;
}

/** What the runner needs of a step. */
export interface LabStep {
  id: StepId;
  status: 'ready' | 'planned';
  /** What a learner with this seed gets in this round, the first when not told; every draw has the same check ids. */
  draw: (seed: string, round?: number) => Drawn;
  /** Its checks in order, its quiz last. */
  checkIds: string[];
  /** All that may be drawn, for whoever tries each fault; a step without faults has one draw. */
  draws: Drawn[];
  mistakes: MistakesFile;
  commands: StepFile['commands'];
  /** What is shown to a learner who asks, drawn answers included; null when there is nothing. */
  solution: (checkId: string, drawn: Drawn) => Solution | null;
  quiz: { spec: StepQuiz; pool: QuizFile } | null;
  drill: boolean;
  places: StepPlaces;
}

/** Where a step's files say things, by their ids: FILE:LINE, below the labs folder. */
export interface StepPlaces {
  blocks: Map<string, string>;
  checks: Map<string, string>;
  /** Mistakes and cheats. */
  attempts: Map<string, string>;
}

/** A step's files, read and found right. */
export interface StepParts {
  file: StepFile;
  /** What may be drawn; empty: every learner gets the same. */
  faults: Fault[];
  prose: Map<Language, { texts: StepTexts; content: Prose['content'] }>;
  mistakes: MistakesFile;
  /** The pool of its quiz; empty without one. */
  quiz: QuizFile;
  places: StepPlaces;
}

/** A lab's files, read and found right. */
export interface LabParts {
  file: LabFile;
  glossary: GlossaryFile;
  source: SourceMapFile | null;
  steps: StepParts[];
}

/** Puts a lab together from files without problems. */
export function makeLab({ file, glossary, source, steps }: LabParts): Lab {
  const [own] = file.languages as [Language];
  const card = (asked: Language): LabCard => {
    const lang = file.languages.includes(asked) ? asked : own;
    const { id, order, status, minutes, prerequisites, languages } = file;
    const { title, summary } = present(file.texts[lang]);
    return { id, order, status, title, summary, minutes, prerequisites, languages, lang };
  };
  const content = (asked: Language): LabContent => {
    const shown = card(asked);
    return {
      ...shown,
      steps: steps.map((step) => stepContent(step, shown.lang)),
      checklist: file.checklist.map(({ id, step, checks }) => {
        const text = present(present(file.texts[shown.lang]).checklist[id]);
        return { id, stepId: step, checks, text };
      }),
      glossary: Object.entries(glossary).map(([key, { ja, reading, en, texts }]) => ({
        key,
        ja,
        reading,
        en,
        ...present(texts[shown.lang]),
      })),
    };
  };
  const byId = new Map<string, LabStep>(steps.map((step) => [step.file.id, labStep(step)]));
  return {
    id: file.id,
    order: file.order,
    status: file.status,
    firstStep: file.steps[0] ?? '00-planned',
    card,
    content,
    step: (stepId) => byId.get(stepId),
    stepIds: file.steps,
    checklist: file.checklist,
    grading: file.grading,
    checkIds: steps.flatMap(({ file }) => checkIdsOf(file)),
    source: source && sourceCounts(source),
  };
}

export const checkIdsOf = ({ checklist, quiz }: StepFile): string[] => [
  ...checklist.map(({ check }) => check.id),
  ...(quiz ? [quiz.id] : []),
];

function labStep({ file, faults, mistakes, quiz, places }: StepParts): LabStep {
  const { id, status, commands, drill } = file;
  const sets = faults.length > 0 ? faults.map((fault) => [fault]) : [[]];
  const draws = sets.map((set) => draw(file, set, ''));
  return {
    ...{ id, status, commands, drill, draws, mistakes, places },
    checkIds: checkIdsOf(file),
    draw: (seed, round) => draw(file, faults, seed, round),
    solution: (checkId, drawn) => solutionOf(file, checkId, drawn),
    quiz: file.quiz ? { spec: file.quiz, pool: quiz } : null,
  };
}

/** The same for every learner: nothing in it may depend on what was drawn. */
function stepContent({ file, faults, prose, quiz }: StepParts, lang: Language): StepContent {
  const { texts, content } = present(prose.get(lang));
  const { id, status, minutes, drill } = file;
  const commands = file.commands.map(({ expect: _, ...command }) => command);
  const checklist: StepContent['checklist'] = file.checklist.map(({ check, solution }) => ({
    checkId: check.id,
    ...present(texts.checklist[check.id]),
    asks: asksOf(check, faults),
    quiz: null,
    solvable: check.answer === 'drawn' || solution.length > 0,
  }));
  if (file.quiz) checklist.push(quizItem(file.quiz, quiz, texts));
  return { id, status, title: texts.title, minutes, content, commands, checklist, drill };
}

/** Questions and options in the words of one language; not which are right. */
function quizItem(
  { id }: StepQuiz,
  pool: QuizFile,
  texts: StepTexts,
): StepContent['checklist'][number] {
  const questions = pool.map((one) => {
    const { question, options } = present(texts.quiz[one.id]);
    return {
      ...{ id: one.id, question },
      options: one.options.map((option) => ({ id: option, text: present(options[option]) })),
    };
  });
  return {
    ...{ checkId: id, asks: null, solvable: false, quiz: { questions } },
    ...present(texts.checklist[id]),
  };
}

/** Causes in an order that says nothing about the faults. */
function asksOf({ answer }: StepCheck, faults: Fault[]): StepContent['checklist'][number]['asks'] {
  if (!answer) return null;
  if (answer === 'drawn')
    return { causes: Cause.options.filter((one) => faults.some(({ cause }) => cause === one)) };
  return answer.cause ? { causes: Cause.options } : { fact: answer.fact };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a lab was made of parts that had problems');
  return value;
}
