/** Texts of workshops, en. */
export default {
  'error.workshop.unknown': 'There is no such workshop among yours',
  'error.workshop.code-unknown': 'No workshop has this code; check it for typing errors',
  'error.workshop.not-open': 'The workshop has not begun yet',
  'error.workshop.ended': 'The workshop has ended; its instructor can open it again',
  'error.workshop.full': 'All seats are taken; the instructor can add some',
  'error.workshop.name-taken': 'Somebody of this name has a seat already',
  'error.workshop.number-taken': 'Somebody with this number has a seat already',
  'error.workshop.number-missing': 'This workshop asks for your number, too',
  'error.workshop.roster-only':
    'This workshop is for those on its roster: use your personal link, or your number and PIN',
  'error.workshop.pin-wrong': 'No seat has this number and PIN; look at your slip',
  'error.workshop.removed': 'You were taken off the workshop; ask the instructor',
  'error.workshop.other-lab': 'Your seat is for the workshop’s lab only',
  'error.workshop.no-solutions': 'This workshop shows no solutions',
  'error.workshop.no-skipping': 'Finish the steps before this one first',
  'error.workshop.seat-unknown': 'Nobody of this name has a seat here',
  'error.workshop.rejoin-unknown': 'The request has lapsed; ask again',
  'error.workshop.window': 'A workshop ends after it begins, in the future, and within 31 days',
  'error.workshop.seats-taken': 'More seats than that are taken already',
  'error.workshop.staff-last': 'At least one instructor must stay',
  'error.workshop.roster-encoding':
    'The encoding of this file is not clear; save it as “CSV UTF-8” and try again',
  'error.workshop.roster-columns':
    'The first line must name the columns: number, name and, if you like, language',
  'error.workshop.roster-size': 'A roster has at most 500 lines',
  'error.workshop.lab-fixed': 'Somebody has a seat already; another lab needs another workshop',
  'error.workshop.account-unknown': 'There is no such account',
} as Record<string, string>;
