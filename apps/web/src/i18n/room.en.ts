/** Texts of a workshop's room, en. */
export default {
  'error.step.locked': 'The instructor has locked this step; it opens when they say so',
  'error.room.none': 'You have no seat in a workshop that is open',
  'error.room.hand-unknown': 'This hand is down already',
  'error.room.hand-claimed': 'Somebody else has taken this hand on',
  'error.room.seat-unknown': 'The workshop has no such seat',
  'error.room.no-consent': 'The learner has not agreed, or not any more',
  'error.room.typing-taken': 'Somebody has asked this learner already',
  'error.room.no-hint': 'The lesson has no such hint',
  'error.room.mirror-none': 'No terminal is shown to the room now',
} as Record<string, string>;
