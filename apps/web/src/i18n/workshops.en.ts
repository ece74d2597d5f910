/** Texts of workshops, en. */
export default {
  'error.workshop.unknown': 'There is no such workshop among yours',
  'error.workshop.code-unknown': 'No workshop has this code; check it for typing errors',
} as Record<string, string>;
