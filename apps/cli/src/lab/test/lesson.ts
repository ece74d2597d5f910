import type { Drawn, Lab, LabStep } from '@tatami/lab-format/loader';
import type { ContentNode, Language } from '@tatami/protocol';
import type { Job } from './job.ts';
import { type Block, playJob } from './play.ts';
import { attemptJobs, faultJobs, solutionJobs } from './prove.ts';

/** A step of a lesson that is ready, and all that there is to do with it. */
export interface StepPlan {
  step: LabStep;
  languages: Language[];
  checks: string[];
  jobs: Job[];
}

/** Everything that a lesson's files say of its ready steps, as work to be done; `only` of this step. */
export function planLesson(lab: Lab, only?: string): StepPlan[] {
  const { languages } = lab.card('en');
  return lab.stepIds.flatMap((id) => {
    const step = lab.step(id);
    if (step?.status !== 'ready' || (only !== undefined && id !== only)) return [];
    const plays = languages.map((lang, index) =>
      playJob({ step: id, lang, blocks: blocksOf(lab, step, lang), drawn: drawnFor(step, index) }),
    );
    const jobs = [...plays, ...faultJobs(step), ...solutionJobs(step), ...attemptJobs(step)];
    const checks = step.draw('0').checks.map((check) => check.id);
    return [{ step, languages, checks, jobs }];
  });
}

/** Each language plays with another fault. */
function drawnFor({ draw, draws }: LabStep, index: number): Drawn {
  return draws[index % draws.length] ?? draw('0');
}

/** Blocks in the order in which the prose of this language shows them. */
function blocksOf(lab: Lab, { id, commands }: LabStep, lang: Language): Block[] {
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
