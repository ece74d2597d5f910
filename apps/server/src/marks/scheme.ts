import { createHash } from 'node:crypto';
import type { Lab } from '@tatami/lab-format/loader';
import { defaultItemPoints, type GradingScheme, type Weights } from '@tatami/protocol';

/** How a lab is graded; `weights` are a workshop's own, and without them the lab's count. */
export function schemeOf(
  { checklist, grading }: Pick<Lab, 'checklist' | 'grading'>,
  weights: Weights | null,
): GradingScheme {
  const { points, passPercent, assistedPercent } = weights ?? grading;
  const items = checklist.map(({ id, checks }) => ({
    ...{ id, checks },
    points: points[id] ?? defaultItemPoints,
  }));
  return { items, passPercent, assistedPercent };
}

/** Changes with what the lab's items and checks demand, not with its words. */
export function lessonDigest({ checklist, stepIds, step }: Lab): string {
  const checks = stepIds.map((id) => step(id)?.draws.map((drawn) => drawn.checks));
  return createHash('sha256')
    .update(JSON.stringify([checklist, checks]))
    .digest('hex');
}
