import type { Tables } from '../store/database.ts';

/** What becomes of the rows about a learner whose data are deleted, and what a download of them leaves out. */
interface LearnerTable {
  name: keyof Tables;
  /** `forget`: the row stays, and nothing in it is about anybody any more. */
  erasure: 'delete' | { forget: Record<string, string | null> };
  /** Columns that are no data of the learner's: secrets of the server's, and what would give answers away. */
  omit?: string[];
}

const sealed = { forget: { learner_id: null, personal: null, salt: null } };

/**
 * Every table with rows about learners (a test reads the schema), in an order in which they can be deleted: what refers
 * to something comes before it.
 */
export const learnerTables: LearnerTable[] = [
  { name: 'room_message_recipients', erasure: 'delete' },
  { name: 'hands', erasure: 'delete' },
  { name: 'troubles', erasure: 'delete' },
  // That something was done stays; what was said to the learner and who they were does not.
  { name: 'audit', erasure: { forget: { learner_id: null, detail: '{}' } } },
  { name: 'report_drafts', erasure: 'delete' },
  { name: 'report_moments', erasure: 'delete' },
  { name: 'lti_scores', erasure: 'delete' },
  { name: 'lti_people', erasure: 'delete' },
  { name: 'marks', erasure: sealed, omit: ['salt'] },
  { name: 'mark_changes', erasure: sealed, omit: ['salt'] },
  { name: 'drill_ticks', erasure: 'delete' },
  { name: 'drills', erasure: 'delete' },
  { name: 'quiz_rounds', erasure: 'delete' },
  { name: 'answers', erasure: 'delete' },
  { name: 'assisted', erasure: 'delete' },
  { name: 'opened_steps', erasure: 'delete' },
  { name: 'passed', erasure: 'delete' },
  { name: 'attempts', erasure: 'delete', omit: ['seed'] },
  { name: 'machines', erasure: 'delete' },
  { name: 'rejoins', erasure: 'delete', omit: ['secret_hash'] },
  { name: 'seats', erasure: 'delete' },
  { name: 'erasures_due', erasure: 'delete' },
];

/** What goes with a workshop whose time is over, once nobody sits in it any more; in order as above. */
export const workshopTables: (keyof Tables)[] = [
  'hands',
  'troubles',
  'audit',
  'room_messages',
  'room_states',
  'rejoins',
  'seats',
  'marks',
  'mark_changes',
  'gradings',
  'workshop_staff',
  'workshops_due',
];
