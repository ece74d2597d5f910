/** Machines that learners had, for what was recorded of them. */
interface MachinesTable {
  sandbox_id: string;
  learner_id: string;
  lab_id: string;
  started_at: string;
}

/** Machines to close and recordings to delete, and since when that is known. */
interface RecordingsDueTable {
  sandbox_id: string;
  since: string;
}

/** Learners whose time is over, and since when that was seen. */
interface ErasuresDueTable {
  learner_id: string;
  since: string;
}

/** Workshops whose time is over, and since when that was seen. */
interface WorkshopsDueTable {
  workshop_id: string;
  since: string;
}

/** Copies of the database that are too old, and since when that was seen. */
interface CopiesDueTable {
  name: string;
  since: string;
}

export interface PrivacyTables {
  machines: MachinesTable;
  recordings_due: RecordingsDueTable;
  erasures_due: ErasuresDueTable;
  workshops_due: WorkshopsDueTable;
  copies_due: CopiesDueTable;
}
