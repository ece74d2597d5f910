import type { z } from 'zod';
import { faultsOf, missing } from './faults.ts';
import { type Environment, readSources } from './sources.ts';
import { namesOf, type Reader } from './table.ts';

/** Settings that can be used, or why not: a sentence a fault. */
export type Loaded<T> = { config: T } | { faults: string[] };

/** What `reader` is told by environment and file; `schema` is made of its part of the table. */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  reader: Reader,
  env: Environment = process.env,
): Loaded<z.output<S>> {
  const { given, faults } = readSources(env);
  const names = namesOf(reader);
  const all = [...faults, ...faultsOf(given, names), ...missing(given, names)];
  if (all.length > 0) return { faults: all };
  return {
    config: schema.parse(Object.fromEntries([...given].map(([name, { text }]) => [name, text]))),
  };
}
