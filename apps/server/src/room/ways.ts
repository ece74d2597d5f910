import { Evidence, type Workshop } from '@tatami/protocol';
import { sql } from 'kysely';
import type { Store } from '../store/database.ts';
import type { Way } from './board.ts';
import { proverOf } from './troubles.ts';

/** A learner's way through a lab, and the machine that runs. */
export interface KeptWay extends Way {
  sandboxId: string | null;
}

/** The ways of some learners through one lab, in four queries however many they are. */
export async function readWays(
  store: Store,
  labId: string,
  learnerIds: string[],
): Promise<Map<string, KeptWay>> {
  const ways = new Map<string, KeptWay>(
    learnerIds.map((id) => [
      id,
      { stepId: null, sandboxId: null, passed: [], assisted: [], opened: [] },
    ]),
  );
  const attempts = await store
    .selectFrom('attempts')
    .select(['learner_id', 'step_id', 'sandbox_id'])
    .where('learner_id', 'in', learnerIds)
    .where('lab_id', '=', labId)
    .execute();
  for (const { learner_id, step_id, sandbox_id } of attempts)
    Object.assign(ways.get(learner_id) ?? {}, { stepId: step_id, sandboxId: sandbox_id });
  const passed = await store
    .selectFrom('passed')
    .select(['learner_id', 'check_id', sql<string>`evidence ->> '$.at'`.as('at')])
    .where('learner_id', 'in', learnerIds)
    .where('lab_id', '=', labId)
    .execute();
  for (const row of passed)
    ways.get(row.learner_id)?.passed.push([row.check_id, Date.parse(row.at)]);
  const assisted = await store
    .selectFrom('assisted')
    .select(['learner_id', 'check_id'])
    .where('learner_id', 'in', learnerIds)
    .where('lab_id', '=', labId)
    .execute();
  for (const row of assisted) ways.get(row.learner_id)?.assisted.push(row.check_id);
  const opened = await store
    .selectFrom('opened_steps')
    .select(['learner_id', 'step_id', 'opened_at'])
    .where('learner_id', 'in', learnerIds)
    .where('lab_id', '=', labId)
    .execute();
  for (const row of opened)
    ways.get(row.learner_id)?.opened.push([row.step_id, Date.parse(row.opened_at)]);
  return ways;
}

/** The PIDs, each on its learner's machine, of what proved the newest item of those who have a seat. */
export async function readProvers(
  store: Store,
  { id, labId }: Pick<Workshop, 'id' | 'labId'>,
): Promise<Map<string, number>> {
  const rows = await store
    .selectFrom('passed')
    .innerJoin('seats', 'seats.learner_id', 'passed.learner_id')
    .select(['passed.learner_id', 'evidence'])
    .where('workshop_id', '=', id)
    .where('lab_id', '=', labId)
    .orderBy(sql`evidence ->> '$.at'`)
    .execute();
  const provers = new Map<string, number>();
  for (const { learner_id, evidence } of rows) {
    const pid = proverOf(Evidence.parse(JSON.parse(evidence)));
    if (pid === null) provers.delete(learner_id);
    else provers.set(learner_id, pid);
  }
  return provers;
}
