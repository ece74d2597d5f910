import type { Workshop } from '@tatami/protocol';
import type { Store } from '../store/database.ts';
import { stateOf } from '../workshops/workshops.ts';

/** What is in the database, for the operator. */
export interface Counts {
  learners: number;
  staffSessions: number;
  workshops: Record<Workshop['state'], number>;
  /** Taken ones of workshops that are open. */
  seats: number;
  /** Grades that learning platforms do not have yet. */
  scores: { waiting: number; refused: number };
}

/** Counts what there is now. */
export async function count(store: Store, now = new Date().toISOString()): Promise<Counts> {
  const rows = await store
    .selectFrom('workshops')
    .select(['id', 'opens_at', 'closes_at', 'opened_at', 'ended_at'])
    .execute();
  const inState = (state: Workshop['state']) => rows.filter((row) => stateOf(row, now) === state);
  const open = inState('open');
  return {
    learners: await countRows(store, 'learners'),
    staffSessions: await countRows(store, 'account_sessions'),
    workshops: {
      draft: inState('draft').length,
      open: open.length,
      ended: inState('ended').length,
    },
    seats: await countSeats(
      store,
      open.map(({ id }) => id),
    ),
    scores: await countScores(store),
  };
}

async function countRows(store: Store, table: 'learners' | 'account_sessions'): Promise<number> {
  const { n } = await store
    .selectFrom(table)
    .select((row) => row.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

async function countSeats(store: Store, workshopIds: string[]): Promise<number> {
  if (workshopIds.length === 0) return 0;
  const { n } = await store
    .selectFrom('seats')
    .select((row) => row.fn.countAll<number>().as('n'))
    .where('workshop_id', 'in', workshopIds)
    .where('joined_at', 'is not', null)
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return n;
}

async function countScores(store: Store): Promise<Counts['scores']> {
  const rows = await store
    .selectFrom('lti_scores')
    .select((row) => ['state', row.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
  return { waiting: of('waiting'), refused: of('refused') };
}
