import {
  AppError,
  type CheckRecord,
  GradingScheme,
  ItemState,
  Mark,
  MarkChange,
} from '@tatami/protocol';
import type { Json } from '@tatami/report';
import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { appendToChain } from '../chain/evidence-chain.ts';
import type { Store, Tables } from '../store/database.ts';
import { digestOf, isIntact, type Sealed, seal } from './sealed.ts';

/** Marks of a workshop that are fixed. */
export interface StoredGrading {
  version: number;
  scheme: GradingScheme;
  lesson: string;
  closesAt: string;
  madeAt: string;
  by: string | null;
  reason: string | null;
}

/** A grading that is made now. */
export interface NewGrading
  extends Pick<StoredGrading, 'scheme' | 'lesson' | 'closesAt' | 'reason'> {
  workshopId: string;
  madeAt: string;
  /** Null: the server. */
  accountId: string | null;
  marks: { learnerId: string; mark: Mark; checks: CheckRecord[] }[];
}

/** What of a mark stays when its learner's data are deleted: nothing of when and how. */
const OpenMark = z.strictObject({
  workshopId: z.string(),
  version: z.int(),
  earned: z.number(),
  possible: z.number(),
  passed: z.boolean(),
  items: z.array(z.strictObject({ id: z.string(), state: ItemState, earned: z.number() })),
});
const PersonalMark = z.object({
  learnerId: z.string(),
  provenAt: z.record(z.string(), z.string().nullable()),
});
const OpenChange = z.strictObject({
  workshopId: z.string(),
  version: z.int(),
  itemId: z.string(),
  earned: z.number().nullable(),
  accountId: z.string(),
  at: z.string(),
});
const PersonalChange = z.strictObject({ learnerId: z.string(), reason: z.string() });

/** As `deadlineOf` in marks.ts has it. */
const deadline = sql<string>`min(coalesce(workshops.ended_at, workshops.closes_at), workshops.closes_at)`;

/** Gradings, marks and what was changed of them. A promise that resolved is on the disk, in the chain too. */
export class MarkStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Oldest first. */
  async gradings(workshopId: string): Promise<StoredGrading[]> {
    const rows = await this.#store
      .selectFrom('gradings')
      .leftJoin('accounts', 'accounts.id', 'gradings.made_by')
      .selectAll('gradings')
      .select('accounts.name as by')
      .where('workshop_id', '=', workshopId)
      .orderBy('version')
      .execute();
    return rows.map(({ version, scheme, lesson, closes_at, made_at, by, reason }) => ({
      ...{ version, lesson, by, reason, closesAt: closes_at, madeAt: made_at },
      scheme: GradingScheme.parse(JSON.parse(scheme)),
    }));
  }

  /** Workshops that were over by then and whose marks were not fixed since. */
  async unsettled(by: string): Promise<string[]> {
    const rows = await this.#store
      .selectFrom('workshops')
      .select('workshops.id')
      .where(deadline, '<=', by)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('gradings')
              .select('gradings.version')
              .whereRef('gradings.workshop_id', '=', 'workshops.id')
              .where('gradings.closes_at', '=', deadline),
          ),
        ),
      )
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Workshops that closed between these times. */
  async closedBetween(from: string, by: string): Promise<string[]> {
    const rows = await this.#store
      .selectFrom('workshops')
      .select('workshops.id')
      .where(deadline, '>', from)
      .where(deadline, '<=', by)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Fixes marks; all of them or none, but for learners whose data were deleted meanwhile. @returns its version. */
  addGrading(grading: NewGrading): Promise<number> {
    const { workshopId, scheme, lesson, closesAt, madeAt, accountId, reason, marks } = grading;
    return this.#store.transaction().execute(async (store) => {
      const version = (await newest(store, 'gradings', workshopId)) + 1;
      const there = await existing(
        store,
        marks.map(({ learnerId }) => learnerId),
      );
      await store
        .insertInto('gradings')
        .values({
          ...{ workshop_id: workshopId, version, lesson, reason },
          ...{ closes_at: closesAt, made_at: madeAt, made_by: accountId },
          scheme: JSON.stringify(scheme),
        })
        .execute();
      for (const { learnerId, mark, checks } of marks) {
        if (!there.has(learnerId)) continue;
        const { earned, possible, passed } = mark;
        const items = mark.items.map(({ id, state, earned }) => ({ id, state, earned }));
        const open = { workshopId, version, earned, possible, passed, items };
        const provenAt = Object.fromEntries(mark.items.map((item) => [item.id, item.provenAt]));
        const personal = { learnerId, provenAt, checks: checks as unknown as Json };
        await insert(store, 'marks', { workshopId, learnerId, version, open, personal });
      }
      return version;
    });
  }

  /** @throws `marks.learner-unknown` when the learner's data were deleted meanwhile. */
  addChange(change: {
    workshopId: string;
    learnerId: string;
    itemId: string;
    earned: number | null;
    accountId: string;
    at: string;
    reason: string;
  }): Promise<void> {
    const { workshopId, learnerId, itemId, earned, accountId, at, reason } = change;
    return this.#store.transaction().execute(async (store) => {
      if (!(await existing(store, [learnerId])).has(learnerId))
        throw new AppError('marks.learner-unknown');
      const version = (await newest(store, 'mark_changes', workshopId, learnerId)) + 1;
      const open = { workshopId, version, itemId, earned, accountId, at };
      const personal = { learnerId, reason };
      await insert(store, 'mark_changes', { workshopId, learnerId, version, open, personal });
    });
  }

  /** Of these learners, by version. */
  async marks(workshopId: string, learnerIds: string[]): Promise<Map<string, Map<number, Mark>>> {
    const byLearner = new Map<string, Map<number, Mark>>();
    for (const row of await this.#rows('marks', workshopId, learnerIds)) {
      if (row.learner_id === null || row.personal === null) continue;
      const open = OpenMark.parse(JSON.parse(row.open));
      const { provenAt } = PersonalMark.parse(JSON.parse(row.personal));
      const items = open.items.map((item) => ({ ...item, provenAt: provenAt[item.id] ?? null }));
      const { earned, possible, passed } = open;
      const own = byLearner.get(row.learner_id) ?? new Map<number, Mark>();
      own.set(open.version, Mark.parse({ items, earned, possible, passed }));
      byLearner.set(row.learner_id, own);
    }
    return byLearner;
  }

  /** Of these learners, oldest first. */
  async changes(workshopId: string, learnerIds: string[]): Promise<Map<string, MarkChange[]>> {
    const names = new Map(
      (await this.#store.selectFrom('accounts').select(['id', 'name']).execute()).map(
        ({ id, name }) => [id, name] as const,
      ),
    );
    const byLearner = new Map<string, MarkChange[]>();
    for (const row of await this.#rows('mark_changes', workshopId, learnerIds)) {
      if (row.learner_id === null || row.personal === null) continue;
      const { itemId, earned, accountId, at } = OpenChange.parse(JSON.parse(row.open));
      const { reason } = PersonalChange.parse(JSON.parse(row.personal));
      const change = MarkChange.parse({
        itemId,
        earned,
        reason,
        at,
        by: names.get(accountId) ?? accountId,
      });
      byLearner.set(row.learner_id, [...(byLearner.get(row.learner_id) ?? []), change]);
    }
    return byLearner;
  }

  /** Learners with marks in this workshop whose data were deleted. */
  async erased(workshopId: string): Promise<number> {
    const gone = (await this.#rows('marks', workshopId)).filter((row) => row.learner_id === null);
    // Each has a mark in every grading since theirs; whose is whose nobody knows any more.
    const byVersion = gone.map(
      ({ version }) => gone.filter((row) => row.version === version).length,
    );
    return Math.max(0, ...byVersion);
  }

  /** Ids of marks and changes that are not what the chain says was recorded. */
  async faulty(workshopId: string): Promise<string[]> {
    const rows = [
      ...(await this.#rows('marks', workshopId)),
      ...(await this.#rows('mark_changes', workshopId)),
    ];
    return rows.filter((row) => !isRecorded(row)).map(({ id }) => id);
  }

  /** In the order in which they were recorded; of everybody, or of these learners. */
  #rows(
    table: 'marks' | 'mark_changes',
    workshopId: string,
    learnerIds?: string[],
  ): Promise<SealedRow[]> {
    // The two tables have the same columns.
    let rows = this.#store
      .selectFrom(table as 'marks')
      .leftJoin('chain_entries', 'chain_entries.seq', `${table as 'marks'}.chain_seq`)
      .selectAll(table as 'marks')
      .select('chain_entries.digest as digest')
      .where('workshop_id', '=', workshopId)
      .orderBy('chain_seq');
    if (learnerIds) rows = rows.where('learner_id', 'in', learnerIds);
    return rows.execute();
  }
}

type SealedRow = Selectable<Tables['marks']> & { digest: string | null };

function isRecorded(row: SealedRow): boolean {
  const { id, personal, salt, personal_digest: personalDigest, digest } = row;
  const sealed: Sealed = {
    ...{ id, personalDigest },
    open: JSON.parse(row.open) as Json,
    personal:
      personal !== null && salt !== null ? { salt, value: JSON.parse(personal) as Json } : null,
  };
  if (digest === null || !isIntact(sealed, digest)) return false;
  // Whose it is stands in what was sealed.
  return (
    personal === null ||
    (JSON.parse(personal) as { learnerId: string }).learnerId === row.learner_id
  );
}

/** Those of these learners whose data were not deleted. */
async function existing(store: Store, learnerIds: string[]): Promise<Set<string>> {
  const rows = await store
    .selectFrom('learners')
    .select('id')
    .where('id', 'in', learnerIds)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The highest version so far; 0 when there is none. */
async function newest(
  store: Store,
  table: 'gradings' | 'mark_changes',
  workshopId: string,
  learnerId: string | null = null,
): Promise<number> {
  const { rows } = await sql<{ version: number | null }>`select max(version) as version
    from ${sql.table(table)} where workshop_id = ${workshopId}
    ${learnerId === null ? sql`` : sql`and learner_id = ${learnerId}`}`.execute(store);
  return rows[0]?.version ?? 0;
}

async function insert(
  store: Store,
  table: 'marks' | 'mark_changes',
  record: { workshopId: string; learnerId: string; version: number; open: Json; personal: Json },
): Promise<void> {
  const sealed = seal(record.open, record.personal);
  const kind = table === 'marks' ? 'mark' : 'mark-change';
  const { seq } = await appendToChain(store, { kind, digest: digestOf(sealed) });
  await store
    .insertInto(table)
    .values({
      id: sealed.id,
      workshop_id: record.workshopId,
      learner_id: record.learnerId,
      version: record.version,
      open: JSON.stringify(sealed.open),
      personal: JSON.stringify(record.personal),
      salt: sealed.personal?.salt ?? null,
      personal_digest: sealed.personalDigest,
      chain_seq: seq,
    })
    .execute();
}
