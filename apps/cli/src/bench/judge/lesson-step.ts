import { join } from 'node:path';
import { loadLabs } from '@tatami/lab-format/loader';
import { cloneRoot } from '../../paths.ts';

const labId = '03-unshare-nsenter';
const stepId = '02-namespaces';

/** A step of the lesson as the server opens it, with checks of every kind of namespace. */
export async function openedStep() {
  const { labs } = await loadLabs(join(cloneRoot, 'labs'));
  const step = labs.find(({ id }) => id === labId)?.step(stepId);
  if (!step) throw new Error(`there is no step ${stepId} in ${labId}`);
  const { setup, checks } = step.draw('bench');
  return { stepId, setup, checks };
}
