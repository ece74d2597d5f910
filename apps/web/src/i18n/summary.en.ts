/** Texts of what a room got wrong, en. */
export default {
  'summary.intro':
    'By what stood in the way, with the time that it cost all learners together. Less than ten seconds is a slip and not counted.',
  'summary.none': 'Nobody was stuck on anything for longer than ten seconds.',
  'summary.where': 'Asked for',
  'summary.why': 'In the way',
  'summary.learners': 'Learners',
  'summary.lost': 'Time lost',
  'summary.each': 'Each',
  'summary.here': 'Learners who came: {{n}}',
  'summary.total': 'Time lost, all together: {{time}}',
  'summary.more': 'And {{n}} smaller ones: {{time}}',
  'summary.next': 'What helps: {{text}}',
  'summary.hours': '{{hours}} h {{minutes}} min',
} as Record<string, string>;
