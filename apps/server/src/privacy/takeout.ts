import { Readable } from 'node:stream';
import { maxRecordingRangeBytes } from '@tatami/protocol';
import { sql } from 'kysely';
import yazl from 'yazl';
import { asciicast } from '../recordings/asciicast.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';
import { learnerTables } from './learner-tables.ts';

type Row = Record<string, unknown>;

/** Everything that is kept of a learner, in one file. */
export class Takeout {
  readonly #store: Store;
  readonly #runner: RunnerClient;

  constructor(store: Store, runner: RunnerClient) {
    this.#store = store;
    this.#runner = runner;
  }

  /** A zip, made while it is read: `data.json`, and each recording for asciinema. @throws `runner.unreachable`. */
  async zip(learnerId: string): Promise<Readable> {
    const recordings = await this.#recordings(learnerId);
    const zip = new yazl.ZipFile();
    const data = JSON.stringify(await this.data(learnerId), null, 2);
    zip.addBuffer(Buffer.from(data), 'data.json');
    for (const { lab, machine, terminal } of recordings)
      zip.addReadStreamLazy(`recordings/${lab}/${machine}-${terminal}.cast`, (done) => {
        this.#cast(lab, machine, terminal).then(
          (cast) => done(null, cast),
          (error: unknown) => done(error, Readable.from([])),
        );
      });
    zip.end();
    const out = zip.outputStream as Readable;
    zip.on('error', (error: Error) => out.destroy(error));
    return out;
  }

  /** The rows about a learner, by table. */
  async data(learnerId: string): Promise<Record<string, Row[]>> {
    const tables: Record<string, Row[]> = {
      learners: await this.#rows(sql`select * from learners where id = ${learnerId}`),
      workshops:
        await this.#rows(sql`select workshops.id, title, lab_id, opens_at, closes_at, ended_at
        from workshops join seats on seats.workshop_id = workshops.id where learner_id = ${learnerId}`),
      room_messages: await this.#rows(sql`select room_messages.* from room_messages
        join room_message_recipients on message_id = room_messages.id where learner_id = ${learnerId}`),
    };
    for (const { name, omit = [] } of learnerTables) {
      const rows = await this.#rows(
        sql`select * from ${sql.table(name)} where learner_id = ${learnerId}`,
      );
      tables[name] = rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => !omit.includes(column))),
      );
    }
    return tables;
  }

  async #rows(query: ReturnType<typeof sql<Row>>): Promise<Row[]> {
    const { rows } = await query.execute(this.#store);
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, parsed(value)])),
    );
  }

  async #recordings(learnerId: string) {
    const machines = await this.#store
      .selectFrom('machines')
      .select(['sandbox_id', 'lab_id'])
      .where('learner_id', '=', learnerId)
      .orderBy('started_at')
      .execute();
    const found: { lab: string; machine: string; terminal: string }[] = [];
    for (const { sandbox_id: machine, lab_id: lab } of machines)
      for (const terminal of await this.#runner.recordings(machine))
        found.push({ lab, machine, terminal });
    return found;
  }

  async #cast(lab: string, machine: string, terminal: string): Promise<Readable> {
    const index = await this.#runner.recording(machine, terminal);
    const lines = asciicast(index, `${lab}, terminal ${terminal}`, (from) =>
      this.#runner.recorded(machine, terminal, { from, most: maxRecordingRangeBytes }),
    );
    return Readable.from(lines);
  }
}

/** JSON within a column is shown as what it says. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
