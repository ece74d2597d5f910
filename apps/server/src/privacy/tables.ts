/** Learners whose time is over, and since when that was seen. */
interface ErasuresDueTable {
  learner_id: string;
  since: string;
}

export interface PrivacyTables {
  erasures_due: ErasuresDueTable;
}
