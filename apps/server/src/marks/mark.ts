import type { GradingScheme, ItemMark, ItemState, Mark, MarkChange } from '@tatami/protocol';

/** What counts of a learner's work: when each check passed, and for which a solution was shown before. */
export interface Work {
  passedAt: ReadonlyMap<string, string>;
  assisted: ReadonlySet<string>;
}

type Item = GradingScheme['items'][number];

/**
 * Grades work. What counts is the time of the evidence by the server's clock: at the deadline or before. Whether it
 * was stored later does not matter, so nothing is lost that was on its way.
 */
export function grade(scheme: GradingScheme, work: Work, deadline: string | null): Mark {
  const items = scheme.items.map((item): ItemMark => {
    const provenAt = provenAtOf(item, work);
    const state = stateOf(item, work, provenAt, deadline);
    const percent = { met: 100, assisted: scheme.assistedPercent, open: 0, late: 0 }[state];
    return { id: item.id, state, earned: (item.points * percent) / 100, provenAt };
  });
  return summed(scheme, items);
}

/** The mark with what was changed by hand; the last change of an item counts, and never gives more than it is worth. */
export function withChanges(mark: Mark, scheme: GradingScheme, changes: MarkChange[]): Mark {
  const items = mark.items.map((item): ItemMark => {
    const change = changes.findLast(({ itemId }) => itemId === item.id);
    if (!change || change.earned === null) return item;
    return { ...item, earned: Math.min(change.earned, worth(scheme, item.id)) };
  });
  return summed(scheme, items);
}

const worth = ({ items }: GradingScheme, itemId: string): number =>
  items.find(({ id }) => id === itemId)?.points ?? 0;

/** In hundredths, which are whole numbers: sums of decimals are not exact. */
const hundredths = (points: number): number => Math.round(points * 100);

function summed({ items: weighed, passPercent }: GradingScheme, items: ItemMark[]): Mark {
  const earned = items.reduce((sum, item) => sum + hundredths(item.earned), 0);
  const possible = weighed.reduce((sum, item) => sum + item.points, 0);
  const passed = possible > 0 && earned >= passPercent * possible;
  return { items, earned: earned / 100, possible, passed };
}

/** When the last of its checks passed; null while one has not. */
function provenAtOf({ checks }: Item, { passedAt }: Work): string | null {
  const times = checks.flatMap((id) => passedAt.get(id) ?? []);
  if (times.length < checks.length) return null;
  return new Date(Math.max(...times.map((at) => Date.parse(at)))).toISOString();
}

function stateOf(
  { checks }: Item,
  { assisted }: Work,
  provenAt: string | null,
  deadline: string | null,
): ItemState {
  if (provenAt === null) return 'open';
  if (deadline !== null && Date.parse(provenAt) > Date.parse(deadline)) return 'late';
  return checks.some((id) => assisted.has(id)) ? 'assisted' : 'met';
}
