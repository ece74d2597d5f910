import type { Lab, LabStep } from '@tatami/lab-format/loader';
import type { ContentNode, Language } from '@tatami/protocol';
import type { Job } from './job.ts';
import type { Outcome } from './outcome.ts';
import { type Block, type Play, playJob } from './play.ts';
import { attemptJobs, faultJobs, solutionJobs } from './prove.ts';
import { quizOutcomes } from './quiz.ts';

/** A step of a lesson that is ready, and all that there is to do with it. */
export interface StepPlan {
  step: LabStep;
  languages: Language[];
  jobs: Job[];
  /** What needs no machine. */
  decided: Outcome[];
}

/** Everything that a lesson's files say of its ready steps, as work to be done; `only` of this step. */
export function planLesson(lab: Lab, only?: string): StepPlan[] {
  const languages = languagesOf(lab);
  return lab.stepIds.flatMap((id) => {
    const step = lab.step(id);
    if (step?.status !== 'ready' || (only !== undefined && id !== only)) return [];
    const plays = playsOf(lab, step, languages).map(playJob);
    const jobs = [...plays, ...faultJobs(step), ...solutionJobs(step), ...attemptJobs(step)];
    return [{ step, languages, jobs, decided: quizOutcomes(step) }];
  });
}

export const languagesOf = (lab: Lab): Language[] => lab.card('en').languages;

/** Every language, and every fault in one of them. */
function playsOf(lab: Lab, step: LabStep, languages: Language[]): Play[] {
  const { id, draws, drill } = step;
  const count = Math.max(languages.length, draws.length);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const lang = languages[index % languages.length];
    const drawn = draws[index % draws.length];
    if (!lang || !drawn) return [];
    return { step: id, lang, drawn, drill, blocks: blocksOf(lab, step, lang) };
  });
}

/** Blocks in the order in which the prose of this language shows them. */
export function blocksOf(lab: Lab, { id, commands }: LabStep, lang: Language): Block[] {
  const content = lab.content(lang).steps.find((step) => step.id === id)?.content ?? [];
  return shownIn(content).flatMap(
    (shown) => commands.find((command) => command.id === shown) ?? [],
  );
}

function shownIn(nodes: ContentNode[]): string[] {
  return nodes.flatMap((node) => {
    if (typeof node === 'string') return [];
    const own = node.name === 'Command' ? [String(node.attributes.id)] : [];
    return [...own, ...shownIn(node.children)];
  });
}
