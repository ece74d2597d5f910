import { randomBytes } from 'node:crypto';
import { AppError, type LtiPlatform, LtiPlatformRequest } from '@tatami/protocol';
import type { Selectable } from 'kysely';
import type { Store, Tables } from '../store/database.ts';

/** A platform as it was registered. */
export interface Platform extends LtiPlatformRequest {
  id: string;
  createdAt: string;
}

/** Registered platforms, and who of their people is which learner. A promise that resolved is on the disk. */
export class Platforms {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws `lti.platform-known`. */
  async add(request: LtiPlatformRequest): Promise<Platform> {
    const platform = {
      ...{ id: randomBytes(8).toString('hex'), createdAt: new Date().toISOString() },
      ...request,
    };
    const { numInsertedOrUpdatedRows } = await this.#store
      .insertInto('lti_platforms')
      .values({
        ...{ id: platform.id, name: platform.name, created_at: platform.createdAt },
        ...{ issuer: platform.issuer, client_id: platform.clientId },
        deployments: JSON.stringify(platform.deployments),
        ...{ auth_url: platform.authUrl, token_url: platform.tokenUrl, keys_url: platform.keysUrl },
      })
      .onConflict((conflict) => conflict.columns(['issuer', 'client_id']).doNothing())
      .executeTakeFirst();
    if (!numInsertedOrUpdatedRows) throw new AppError('lti.platform-known');
    return platform;
  }

  /** Those who came from there stay learners; their grades are no longer told. @throws `lti.platform-unknown`. */
  async remove(id: string): Promise<void> {
    await this.#store.transaction().execute(async (store) => {
      await store.deleteFrom('lti_scores').where('platform_id', '=', id).execute();
      await store.deleteFrom('lti_people').where('platform_id', '=', id).execute();
      const { numDeletedRows } = await store
        .deleteFrom('lti_platforms')
        .where('id', '=', id)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw new AppError('lti.platform-unknown');
    });
  }

  async byId(id: string): Promise<Platform | undefined> {
    const row = await this.#rows().where('id', '=', id).executeTakeFirst();
    return row && fromRow(row);
  }

  /** The one that a login names; an issuer with several clients must name the client. @throws `lti.platform-unknown`. */
  async named(issuer: string, clientId: string | undefined): Promise<Platform> {
    const rows = await this.#rows().where('issuer', '=', issuer).execute();
    const meant = clientId === undefined ? rows : rows.filter((row) => row.client_id === clientId);
    const [only, ...others] = meant;
    if (!only || others.length > 0) throw new AppError('lti.platform-unknown');
    return fromRow(only);
  }

  /** All, by name, with how it stands with their grades. */
  async all(): Promise<LtiPlatform[]> {
    const rows = await this.#rows().orderBy('name').orderBy('id').execute();
    const cells = await this.#store
      .selectFrom('lti_scores')
      .select(['platform_id', 'state', 'trouble'])
      .execute();
    return rows.map((row) => {
      const own = cells.filter((one) => one.platform_id === row.id);
      const count = (state: string) => own.filter((one) => one.state === state).length;
      const troubled = own.find(({ trouble, state }) => trouble !== null && state !== 'sent');
      return {
        ...fromRow(row),
        scores: { waiting: count('waiting'), sent: count('sent'), refused: count('refused') },
        trouble: troubled?.trouble ?? null,
      };
    });
  }

  /** The learner whom a platform knows by this subject; `make` makes a new one. */
  async learnerOf(
    { id }: Platform,
    subject: string,
    make: () => Promise<{ id: string }>,
  ): Promise<string> {
    const known = () =>
      this.#store
        .selectFrom('lti_people')
        .select('learner_id')
        .where('platform_id', '=', id)
        .where('subject', '=', subject)
        .executeTakeFirst();
    const found = await known();
    if (found) return found.learner_id;
    const learner = await make();
    await this.#store
      .insertInto('lti_people')
      .values({ platform_id: id, subject, learner_id: learner.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Two launches at once: the first one counts.
    return (await known())?.learner_id ?? learner.id;
  }

  #rows() {
    return this.#store.selectFrom('lti_platforms').selectAll();
  }
}

const fromRow = (row: Selectable<Tables['lti_platforms']>): Platform => ({
  ...{ id: row.id, name: row.name, createdAt: row.created_at },
  ...{ issuer: row.issuer, clientId: row.client_id },
  deployments: LtiPlatformRequest.shape.deployments.parse(JSON.parse(row.deployments)),
  ...{ authUrl: row.auth_url, tokenUrl: row.token_url, keysUrl: row.keys_url },
});
