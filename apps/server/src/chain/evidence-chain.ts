import { ChainEntry, type ChainFault, faultAfter, nextEntry } from '@tatami/report';
import type { Store } from '../store/database.ts';

/** Entries that are read at once. */
const pageSize = 500;

/**
 * Adds an entry to the one hash chain of this server, in one transaction with the record that it is the digest of.
 * Entries are never changed or removed; records can be erased, and the chain still verifies.
 */
export async function appendToChain(
  transaction: Store,
  { kind, digest }: Pick<ChainEntry, 'kind' | 'digest'>,
): Promise<ChainEntry> {
  const last = await transaction
    .selectFrom('chain_entries')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const entry = nextEntry(last ?? null, { at: new Date().toISOString(), kind, digest });
  await transaction.insertInto('chain_entries').values(entry).execute();
  return entry;
}

/** Entries after `seq`, at most `most`. */
export async function readChain(store: Store, seq: number, most = pageSize): Promise<ChainEntry[]> {
  const rows = await store
    .selectFrom('chain_entries')
    .selectAll()
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(most)
    .execute();
  return rows.map((row) => ChainEntry.parse(row));
}

/** Reads the whole chain. @returns the first fault, or null. */
export async function verifyChain(store: Store): Promise<ChainFault | null> {
  let last: ChainEntry | null = null;
  for (;;) {
    const page: ChainEntry[] = await readChain(store, last?.seq ?? 0);
    if (page.length === 0) return null;
    for (const entry of page) {
      const fault = faultAfter(last, entry);
      if (fault) return fault;
      last = entry;
    }
  }
}
