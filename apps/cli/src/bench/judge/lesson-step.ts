import { join } from 'node:path';
import { type Drawn, type Lab, loadLabs } from '@tatami/lab-format/loader';
import { cloneRoot } from '../../paths.ts';

const lessonId = '03-unshare-nsenter';

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
