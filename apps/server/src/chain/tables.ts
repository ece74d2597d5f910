/** Entries of the evidence chain (packages/report); nothing in it is about anybody. */
interface ChainEntriesTable {
  seq: number;
  at: string;
  kind: string;
  digest: string;
  previous: string;
}

export interface ChainTables {
  chain_entries: ChainEntriesTable;
}
