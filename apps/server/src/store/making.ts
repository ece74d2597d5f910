import { version } from '@tatami/protocol';
import type Database from 'libsql';
import { migrations } from './migrations.ts';

/** What has made a database. */
export interface Making {
  /** Names of the migrations it has, in order; none: it is empty. */
  migrations: string[];
  /** The version of Tatami that changed it last; null before versions were noted in it. */
  version: string | null;
}

/** The newest schema that this version knows. */
export const knownSchema = Object.keys(migrations).sort().at(-1) ?? '';

export const isKnownSchema = (schema: string): boolean => Object.hasOwn(migrations, schema);

/** Reads what has made a database, and writes nothing. @throws what SQLite says of a file that is none of its. */
export function makingOf(database: Database.Database): Making {
  const has = (table: string) =>
    database.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(table);
  const column = (text: string) => database.prepare(text).pluck().all() as string[];
  return {
    migrations: has('kysely_migration')
      ? column('select name from kysely_migration order by name')
      : [],
    version: has('releases')
      ? (column('select version from releases order by seq desc limit 1')[0] ?? null)
      : null,
  };
}

/** One sentence for whoever comes with something that a later version made; null when this one knows its schema. */
export function whyNewer(what: string, making: Making): string | null {
  const schema = making.migrations.findLast((name) => !isKnownSchema(name));
  if (schema === undefined) return null;
  const maker = making.version === null ? 'a later version of Tatami' : `Tatami ${making.version}`;
  return `${what} was made by ${maker} (schema ${schema}), and this is Tatami ${version}, which knows schemas up to ${knownSchema}: start ${making.version ?? 'that version'} or later, or restore a backup from before the upgrade (docs/operations.md)`;
}
