import type { RoomSummary } from '@tatami/protocol';

/** A spell of a learner on a reason, as it is kept; one that no end was written of goes on. */
interface KeptSpell {
  check_id: string;
  reason: string;
  learner_id: string;
  began_at: string;
  ended_at: string | null;
}

/** What a room got wrong, worst first; what goes on has lasted until `until`, in milliseconds since the epoch. */
export function summedUp(spells: KeptSpell[], until: number): RoomSummary {
  const sums = new Map<string, { check: string; reason: string; who: Set<string>; lost: number }>();
  for (const { check_id: check, reason, learner_id, began_at, ended_at } of spells) {
    const name = JSON.stringify([check, reason]);
    const sum = sums.get(name) ?? { check, reason, who: new Set(), lost: 0 };
    sums.set(name, sum);
    sum.who.add(learner_id);
    const end = Math.min(ended_at ? Date.parse(ended_at) : until, until);
    sum.lost += Math.max(0, end - Date.parse(began_at));
  }
  return [...sums.values()]
    .map(({ check, reason, who, lost }) => ({
      ...{ checkId: check, reason, learners: who.size, lostMs: lost },
    }))
    .sort((a, b) => b.lostMs - a.lostMs);
}
