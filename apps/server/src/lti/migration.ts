import type { Kysely } from 'kysely';

export async function makeLti(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('lti_platforms')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('client_id', 'text', (c) => c.notNull())
    .addColumn('deployments', 'text', (c) => c.notNull())
    .addColumn('auth_url', 'text', (c) => c.notNull())
    .addColumn('token_url', 'text', (c) => c.notNull())
    .addColumn('keys_url', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('lti_platforms_client', ['issuer', 'client_id'])
    .execute();
  await db.schema
    .createTable('lti_people')
    .addColumn('platform_id', 'text', (c) => c.notNull().references('lti_platforms.id'))
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
    .addPrimaryKeyConstraint('lti_people_key', ['platform_id', 'subject'])
    .execute();
  await db.schema
    .createTable('lti_scores')
    .addColumn('platform_id', 'text', (c) => c.notNull().references('lti_platforms.id'))
    .addColumn('line_item', 'text', (c) => c.notNull())
    .addColumn('learner_id', 'text', (c) => c.notNull().references('learners.id'))
    .addColumn('lab_id', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('given', 'real')
    .addColumn('maximum', 'real')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('last_timestamp', 'text')
    .addColumn('trouble', 'text')
    .addPrimaryKeyConstraint('lti_scores_key', ['platform_id', 'line_item', 'learner_id'])
    .execute();
}
