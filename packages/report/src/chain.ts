import { createHash, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** The `previous` of the first entry. */
export const chainStart = '0'.repeat(64);

/**
 * One link of an append-only chain. Of what was recorded it holds a digest alone, so the record can be erased
 * while the chain still verifies; whoever still has the record can show that it is what was recorded.
 */
export const ChainEntry = z.strictObject({
  /** Counts from 1 without gaps. */
  seq: z.int().positive(),
  /** By the server's clock, which may jump: the order is that of `seq`. */
  at: z.iso.datetime(),
  /** What happened, e.g. `mark` or `report`; nothing personal. */
  kind: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  /** Of a record that nobody can guess: salted, see {@link commitmentOf}, or random enough by itself. */
  digest: Sha256,
  /** Hash of the entry before. */
  previous: Sha256,
});
export type ChainEntry = z.infer<typeof ChainEntry>;

export const hashOf = (entry: ChainEntry): string =>
  createHash('sha256').update(canonicalJson(entry)).digest('hex');

/** 32 random bytes, hexadecimal; erased together with what it salts. */
export const newSalt = (): string => randomBytes(32).toString('hex');

/** A digest that tells nothing of the value to who has not got the salt. */
export const commitmentOf = (value: Json, salt: string): string =>
  createHmac('sha256', Buffer.from(salt, 'hex')).update(canonicalJson(value)).digest('hex');

/** The entry that follows `last`. */
export const nextEntry = (
  last: ChainEntry | null,
  { at, kind, digest }: Pick<ChainEntry, 'at' | 'kind' | 'digest'>,
): ChainEntry =>
  ChainEntry.parse({
    ...{ seq: (last?.seq ?? 0) + 1, at, kind, digest },
    previous: last ? hashOf(last) : chainStart,
  });

/** The first entry that does not fit: its number is not the next one, or what came before it was changed. */
export interface ChainFault {
  seq: number;
  wrong: 'order' | 'link';
}

/** Whether `entry` follows `last`. */
export function faultAfter(last: ChainEntry | null, entry: ChainEntry): ChainFault | null {
  const { seq, previous } = entry;
  if (seq !== (last?.seq ?? 0) + 1) return { seq, wrong: 'order' };
  return previous === (last ? hashOf(last) : chainStart) ? null : { seq, wrong: 'link' };
}
