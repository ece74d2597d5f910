import { Answer, CloseReason, Evidence, SandboxId, StepId, TerminalId } from '@tatami/protocol';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Store, Tables } from '../store/database.ts';

/** Which learner in which lab. */
export interface AttemptKey {
  learnerId: string;
  labId: string;
}

/** One word for both, where attempts are kept by name. */
export const nameOf = ({ learnerId, labId }: AttemptKey): string => `${learnerId}/${labId}`;

/** An incident that was opened, on the machine it was opened on. */
export const Drill = z.object({
  stepId: StepId,
  /** Counts the drills of the attempt from 0; each is drawn anew. */
  round: z.int().nonnegative(),
  sandboxId: SandboxId,
  /** When its clock began, and what passed before was passed in an earlier one; null while its start state is made. */
  openedAt: z.iso.datetime().nullable(),
});
export type Drill = z.infer<typeof Drill>;

/** What outlives machines and servers of a learner's standing in a lab. */
export interface AttemptRecord extends AttemptKey {
  stepId: StepId;
  /** What faults are drawn by; it never changes and no browser may see it. */
  seed: string;
  sandboxId: string | null;
  generation: number;
  /** The last one that was opened, whatever step is open now. */
  drill: Drill | null;
  last: { sandboxId: string; closedAt: string; reason: CloseReason; screens: TerminalId[] } | null;
}

export type Passed = { checkId: string; evidence: Evidence };
/** `round` is the drill's in which it was typed last, 0 elsewhere. */
export type Typed = { checkId: string; answer: Answer; tries: number; round: number };

/** Standings, opened steps, answers, solutions asked for, passed checks. A promise that resolved is on the disk. */
export class AttemptStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async find({ learnerId, labId }: AttemptKey): Promise<AttemptRecord | undefined> {
    const row = await this.#rows()
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .executeTakeFirst();
    return row && fromRow(row);
  }

  /** All attempts of a learner. */
  async ofLearner(learnerId: string): Promise<AttemptRecord[]> {
    return (await this.#rows().where('learner_id', '=', learnerId).execute()).map(fromRow);
  }

  /** Those that had a machine when they were last saved. */
  async withMachine(): Promise<AttemptRecord[]> {
    return (await this.#rows().where('sandbox_id', 'is not', null).execute()).map(fromRow);
  }

  /** Saves a standing of which there is none yet. @returns the one that counts: another may have been first. */
  async begin(record: AttemptRecord): Promise<AttemptRecord> {
    await this.#insert(record, 'keep');
    return (await this.find(record)) ?? record;
  }

  save(record: AttemptRecord): Promise<void> {
    return this.#insert(record, 'replace');
  }

  /** The seed of one that exists stays in any case. */
  async #insert(record: AttemptRecord, existing: 'keep' | 'replace'): Promise<void> {
    const { learnerId, labId, stepId, seed, sandboxId, generation, drill, last } = record;
    const key = { learner_id: learnerId, lab_id: labId };
    const values = {
      step_id: stepId,
      sandbox_id: sandboxId,
      generation,
      drill: drill && JSON.stringify(drill),
      last_sandbox_id: last?.sandboxId ?? null,
      last_closed_at: last?.closedAt ?? null,
      last_reason: last?.reason ?? null,
      last_screens: JSON.stringify(last?.screens ?? []),
    };
    await this.#store.transaction().execute(async (store) => {
      await store
        .insertInto('attempts')
        .values({ ...key, seed, ...values })
        .onConflict((conflict) => {
          const same = conflict.columns(['learner_id', 'lab_id']);
          return existing === 'keep' ? same.doNothing() : same.doUpdateSet(values);
        })
        .execute();
      if (sandboxId !== null)
        await store
          .insertInto('machines')
          .values({
            ...{ sandbox_id: sandboxId, learner_id: learnerId, lab_id: labId },
            started_at: new Date().toISOString(),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      await store
        .insertInto('opened_steps')
        .values({ ...key, step_id: stepId, opened_at: new Date().toISOString() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  /** Saves the drill that is about to be opened, and nothing else. */
  async saveDrill({ learnerId, labId }: AttemptKey, drill: Drill): Promise<void> {
    await this.#store
      .updateTable('attempts')
      .set({ drill: JSON.stringify(drill) })
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
  }

  /** Steps that were current when the attempt was saved. */
  async opened({ learnerId, labId }: AttemptKey): Promise<StepId[]> {
    const rows = await this.#store
      .selectFrom('opened_steps')
      .select('step_id')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
    return rows.map((row) => row.step_id);
  }

  /** The first time stays. */
  async assist({ learnerId, labId }: AttemptKey, checkId: string): Promise<void> {
    await this.#store
      .insertInto('assisted')
      .values({
        learner_id: learnerId,
        lab_id: labId,
        check_id: checkId,
        asked_at: new Date().toISOString(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async assisted({ learnerId, labId }: AttemptKey): Promise<string[]> {
    const rows = await this.#store
      .selectFrom('assisted')
      .select('check_id')
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .orderBy('asked_at')
      .execute();
    return rows.map((row) => row.check_id);
  }

  /** The first evidence stays. */
  async pass({ learnerId, labId }: AttemptKey, { checkId, evidence }: Passed): Promise<void> {
    await this.#store
      .insertInto('passed')
      .values({
        learner_id: learnerId,
        lab_id: labId,
        check_id: checkId,
        evidence: JSON.stringify(evidence),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async passed({ learnerId, labId }: AttemptKey): Promise<Passed[]> {
    const rows = await this.#store
      .selectFrom('passed')
      .select(['check_id', 'evidence'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
    return rows.map((row) => ({
      checkId: row.check_id,
      evidence: Evidence.parse(JSON.parse(row.evidence)),
    }));
  }

  /** Lab and check ids of all that a learner has passed. */
  async passedIds(learnerId: string): Promise<{ labId: string; checkId: string }[]> {
    const rows = await this.#store
      .selectFrom('passed')
      .select(['lab_id', 'check_id'])
      .where('learner_id', '=', learnerId)
      .execute();
    return rows.map((row) => ({ labId: row.lab_id, checkId: row.check_id }));
  }

  /** Replaces what was typed for this check before, as one more try. */
  async answer(
    { learnerId, labId }: AttemptKey,
    checkId: string,
    answer: Answer,
    round: number,
  ): Promise<void> {
    const typed = JSON.stringify(answer);
    await this.#store
      .insertInto('answers')
      .values({
        learner_id: learnerId,
        lab_id: labId,
        check_id: checkId,
        answer: typed,
        tries: 1,
        round,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['learner_id', 'lab_id', 'check_id'])
          .doUpdateSet((row) => ({ answer: typed, round, tries: row('answers.tries', '+', 1) })),
      )
      .execute();
  }

  async answers({ learnerId, labId }: AttemptKey): Promise<Typed[]> {
    const rows = await this.#store
      .selectFrom('answers')
      .select(['check_id', 'answer', 'tries', 'round'])
      .where('learner_id', '=', learnerId)
      .where('lab_id', '=', labId)
      .execute();
    return rows.map((row) => ({
      checkId: row.check_id,
      answer: Answer.parse(JSON.parse(row.answer)),
      tries: row.tries,
      round: row.round,
    }));
  }

  #rows() {
    return this.#store.selectFrom('attempts').selectAll();
  }
}

type Row = Selectable<Tables['attempts']>;

function fromRow(row: Row): AttemptRecord {
  return {
    learnerId: row.learner_id,
    labId: row.lab_id,
    stepId: row.step_id,
    seed: row.seed,
    sandboxId: row.sandbox_id,
    generation: row.generation,
    drill: row.drill === null ? null : Drill.parse(JSON.parse(row.drill)),
    last:
      row.last_sandbox_id && row.last_closed_at
        ? {
            sandboxId: row.last_sandbox_id,
            closedAt: row.last_closed_at,
            reason: CloseReason.parse(row.last_reason),
            screens: z.array(TerminalId).parse(JSON.parse(row.last_screens)),
          }
        : null,
  };
}
