/** Marks of a workshop were fixed; each time is kept. */
interface GradingsTable {
  workshop_id: string;
  /** Counted from 1. */
  version: number;
  /** JSON of packages/protocol's GradingScheme. */
  scheme: string;
  /** Digest of the lesson's items and checks. */
  lesson: string;
  /** The deadline that counted. */
  closes_at: string;
  made_at: string;
  /** Name of an account; null: the server. */
  made_by: string | null;
  reason: string | null;
}

/** A record of two parts, of which the personal one can be erased (marks/sealed.ts). */
interface SealedTable {
  id: string;
  workshop_id: string;
  /** Null, like `personal` and `salt`, once it was erased. */
  learner_id: string | null;
  /** Of marks the grading's; changes of one learner are counted from 1. */
  version: number;
  /** JSON. */
  open: string;
  /** JSON. */
  personal: string | null;
  salt: string | null;
  personal_digest: string;
  /** The entry of the chain that has the record's digest. */
  chain_seq: number;
}

export interface MarkTables {
  gradings: GradingsTable;
  marks: SealedTable;
  mark_changes: SealedTable;
}
