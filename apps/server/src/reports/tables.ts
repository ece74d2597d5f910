/** What a learner has written of their incident report so far. */
interface ReportDraftsTable {
  learner_id: string;
  lab_id: string;
  /** JSON of packages/protocol's IncidentDraft. */
  draft: string;
  updated_at: string;
}

/** Moments that a learner marked while working. */
interface ReportMomentsTable {
  id: string;
  learner_id: string;
  lab_id: string;
  at: string;
  /** JSON of packages/protocol's Moment. */
  moment: string;
}

export interface ReportTables {
  report_drafts: ReportDraftsTable;
  report_moments: ReportMomentsTable;
}
