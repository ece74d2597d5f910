import {
  Cause,
  type LabCard,
  type LabContent,
  type Language,
  type StepContent,
  type StepId,
} from '@tatami/protocol';
import { type Drawn, draw } from './draw.ts';
import type { MistakesFile } from './mistakes.ts';
import type { Prose } from './prose.ts';
import type { Fault, GlossaryFile, LabFile, StepCheck, StepFile, StepTexts } from './schema.ts';

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
  /** Every check of every step, in order. */
  checkIds: string[];
}

/** What the runner needs of a step. */
export interface LabStep {
  id: StepId;
  status: 'ready' | 'planned';
  /** What a learner with this seed gets, always the same; every draw has the same check ids. */
  draw: (seed: string) => Drawn;
  /** All that may be drawn, for whoever tries each fault; a step without faults has one draw. */
  draws: Drawn[];
  mistakes: MistakesFile;
}

/** A step's files, read and found right. */
export interface StepParts {
  file: StepFile;
  /** What may be drawn; empty: every learner gets the same. */
  faults: Fault[];
  prose: Map<Language, { texts: StepTexts; content: Prose['content'] }>;
  mistakes: MistakesFile;
}

/** A lab's files, read and found right. */
export interface LabParts {
  file: LabFile;
  glossary: GlossaryFile;
  steps: StepParts[];
}

/** Puts a lab together from files without problems. */
export function makeLab({ file, glossary, steps }: LabParts): Lab {
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
    checkIds: steps.flatMap(({ file: { checklist } }) => checklist.map(({ check }) => check.id)),
  };
}

function labStep({ file, faults, mistakes }: StepParts): LabStep {
  const { id, status } = file;
  const sets = faults.length > 0 ? faults.map((fault) => [fault]) : [[]];
  const draws = sets.map((set) => draw(file, set, ''));
  return { id, status, draw: (seed) => draw(file, faults, seed), draws, mistakes };
}

/** The same for every learner: nothing in it may depend on what was drawn. */
function stepContent({ file, faults, prose }: StepParts, lang: Language): StepContent {
  const { texts, content } = present(prose.get(lang));
  const { id, status, minutes, commands } = file;
  const checklist = file.checklist.map(({ check }) => ({
    checkId: check.id,
    ...present(texts.checklist[check.id]),
    causes: causesOf(check, faults),
  }));
  return { id, status, title: texts.title, minutes, content, commands, checklist };
}

/** What a learner chooses from, in an order that says nothing about the faults. */
function causesOf({ answer }: StepCheck, faults: Fault[]): Cause[] | null {
  if (!answer) return null;
  if (answer !== 'drawn') return Cause.options;
  return Cause.options.filter((cause) => faults.some((fault) => fault.cause === cause));
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a lab was made of parts that had problems');
  return value;
}
