import { join } from 'node:path';
import { type Lab, type LabStep, loadLabs } from '@tatami/lab-format/loader';
import { cloneRoot } from '../../paths.ts';

const lessonId = '03-unshare-nsenter';

/** The lesson that a room is measured with. */
export interface Lesson {
  lab: Lab;
  labsDir: string;
  step: (id: string) => LabStep;
}

export async function readLesson(): Promise<Lesson> {
  const labsDir = join(cloneRoot, 'labs');
  const { labs } = await loadLabs(labsDir);
  const lab = labs.find(({ id }) => id === lessonId);
  if (!lab) throw new Error(`there is no lesson ${lessonId}, or it has problems`);
  const step = (id: string) => {
    const found = lab.step(id);
    if (!found) throw new Error(`there is no step ${id}`);
    return found;
  };
  return { lab, labsDir, step };
}
