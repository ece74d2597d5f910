import { join } from 'node:path';
import { type Drawn, type Lab, loadLabs } from '@tatami/lab-format/loader';
import { cloneRoot } from '../../paths.ts';

const lessonId = '03-unshare-nsenter';
/** Enough for every fault to be drawn. */
const seeds = Array.from({ length: 200 }, (_, seed) => String(seed));

/** The lesson that the judge is measured with. @throws when its files have problems. */
export async function readLesson(): Promise<Lab> {
  const { labs } = await loadLabs(join(cloneRoot, 'labs'));
  const lesson = labs.find(({ id }) => id === lessonId);
  if (!lesson) throw new Error(`there is no lesson ${lessonId}, or it has problems`);
  return lesson;
}

/** A step of a lesson as the server opens it. */
export function drawStep(lesson: Lab, stepId: string, seed: string): Drawn {
  const step = lesson.step(stepId);
  if (!step) throw new Error(`there is no step ${stepId}`);
  return step.draw(seed);
}

/** One draw for each fault that a step may have. */
export function drawEachFault(lesson: Lab, stepId: string): Drawn[] {
  const byFault = new Map<string, Drawn>();
  for (const seed of seeds) {
    const drawn = drawStep(lesson, stepId, seed);
    if (drawn.fault) byFault.set(drawn.fault.id, drawn);
  }
  return [...byFault.values()];
}
