import { z } from 'zod';

/**
 * Every error that crosses a process boundary, in one table: code, HTTP status, what it means and
 * what to do. docs/errors.md is generated from it. `number` is stable and shown to the user.
 */
export const errorTable = {
  'request.invalid': [1000, 400, 'The request does not have the expected form.'],
  'request.host': [1001, 421, 'The Host header names an address this server does not serve.'],
  'request.origin': [1002, 403, 'The request comes from a page of another site.'],
  'request.rate': [1003, 429, 'Too many requests; wait a moment and try again.'],
  'request.unknown': [1004, 404, 'Nothing is at this address.'],
  'session.missing': [1100, 401, 'There is no session; open the start page.'],
  'session.code-unknown': [
    1101,
    404,
    'No session has this resume code; check it for typing errors.',
  ],
  'lab.unknown': [1200, 404, 'There is no lab of this name.'],
  'lab.planned': [1201, 409, 'This lab is planned and cannot be started yet.'],
  'step.unknown': [1202, 404, 'The lab has no step of this name.'],
  'step.planned': [1203, 409, 'This step is planned and cannot be opened yet.'],
  'check.no-answer': [
    1204,
    404,
    'The open step has no check of this name for which an answer is typed.',
  ],
  'check.no-quiz': [1205, 404, 'The open step has no quiz of this name.'],
  'check.no-solution': [
    1206,
    404,
    'The open step has no check of this name whose solution can be shown.',
  ],
  'quiz.waits': [1207, 409, 'The quiz opens once the checks before it have passed.'],
  'quiz.not-asked': [
    1208,
    400,
    'A round is answered with one option for each question asked in it, and nothing else.',
  ],
  'lab.unavailable': [
    1209,
    409,
    "The lab's files have a fault; an administrator finds it in the server's log.",
  ],
  'drill.not-finished': [
    1210,
    409,
    'The open step has no drill whose cause was named; there is nothing to look back on yet.',
  ],
  'machine.missing': [1300, 409, 'The lab has no machine now; start it.'],
  'machine.limit': [1301, 409, 'The machine has reached its last permitted hour; start a new one.'],
  'recording.unknown': [1302, 404, "Nothing is kept of this terminal's output, or not any more."],
  'runner.unreachable': [
    1400,
    503,
    'The service that runs the machines does not answer; it is being restarted.',
  ],
  'runner.no-seat': [1401, 503, 'All seats are taken; wait until a learner leaves.'],
  'runner.no-range': [
    1402,
    503,
    'No range of user ids is free; an administrator must enlarge the number of seats.',
  ],
  'runner.disk-full': [
    1403,
    507,
    'The disk of the host is full; an administrator must free space.',
  ],
  'sandbox.unknown': [1410, 404, 'There is no such machine; it was closed.'],
  'sandbox.create-failed': [
    1411,
    503,
    'The machine could not be created; everything begun was removed. Try again.',
  ],
  'sandbox.not-ready': [1412, 409, 'The machine is being closed.'],
  'sandbox.setup-failed': [
    1413,
    503,
    "The step's start state could not be made. Reset the machine.",
  ],
  'server.disk-full': [
    1500,
    507,
    'The disk of the server is full; nothing that was saved before is lost. An administrator must free space.',
  ],
  'server.restarting': [
    1501,
    503,
    'The server is being restarted; try again in a moment. Shells live on, and what was saved is saved.',
  ],
  'tunnel.unknown': [1600, 404, 'There is no such tunnel of yours; it has ended. Make a new one.'],
  'tunnel.broken': [
    1601,
    409,
    'The tunnel was used against its rules (docs/protocol.md, H4 to H8) and has ended.',
  ],
  'account.missing': [1700, 401, 'Nobody is signed in here; sign in with an account of the staff.'],
  'account.forbidden': [1701, 403, 'The role of this account does not allow it.'],
  'account.wrong': [1702, 401, 'Name or password is wrong.'],
  'account.wait': [1703, 429, 'Too many wrong passwords; wait a moment before the next.'],
  'account.none': [
    1704,
    409,
    'This server has no account yet; `npm run tatami -- setup-link` prints the link that makes the first one.',
  ],
  'account.name-taken': [1705, 409, 'Another account has this name; choose a different one.'],
  'account.password-weak': [
    1706,
    400,
    'The password is too easy to guess: it contains the name, or has too few different characters.',
  ],
  'account.unknown': [1707, 404, 'There is no such account.'],
  'account.last-admin': [1708, 409, 'The last admin stays one; make somebody else admin first.'],
  'account.link-unknown': [
    1709,
    404,
    'This link was used, withdrawn or has expired; ask whoever sent it for a new one.',
  ],
  'account.session-unknown': [1710, 404, 'There is no such session; it has ended.'],
  'account.busy': [1711, 503, 'Too many people sign in at this moment; try again.'],
  'workshop.unknown': [1800, 404, 'There is no such workshop among yours.'],
  'workshop.code-unknown': [1801, 404, 'No workshop has this code; check it for typing errors.'],
  'workshop.not-open': [1802, 409, 'The workshop has not begun; its page says when it does.'],
  'workshop.ended': [1803, 409, 'The workshop has ended; its instructor can open it again.'],
  'workshop.full': [1804, 409, 'All seats of the workshop are taken; its instructor can add some.'],
  'workshop.name-taken': [
    1805,
    409,
    'Somebody of this name has a seat. Go on with your personal code, ask the instructor to let you in, or add something that tells the two of you apart.',
  ],
  'workshop.number-taken': [
    1806,
    409,
    'Somebody with this number has a seat. Go on with your personal code, or ask the instructor to let you in.',
  ],
  'workshop.number-missing': [1807, 400, 'This workshop asks for a number beside the name.'],
  'workshop.roster-only': [
    1808,
    403,
    'This workshop is for those on its roster: use your personal link, or your number and PIN.',
  ],
  'workshop.pin-wrong': [1809, 403, 'No seat has this number and PIN; look at your slip.'],
  'workshop.removed': [1810, 403, 'You were taken off the workshop; ask its instructor.'],
  'workshop.other-lab': [
    1811,
    409,
    "Your seat is for the workshop's lab; for others go on with your own code.",
  ],
  'workshop.no-solutions': [1812, 403, 'The workshop shows no solutions.'],
  'workshop.no-skipping': [
    1813,
    409,
    'The workshop takes steps in order; finish those before this one first.',
  ],
  'workshop.seat-unknown': [1814, 404, 'The workshop has no such seat.'],
  'workshop.rejoin-unknown': [1815, 404, 'Nobody asks that any more; ask anew.'],
  'workshop.window': [
    1816,
    400,
    'A workshop ends after it begins, in the future, and within 31 days.',
  ],
  'workshop.seats-taken': [1817, 409, 'More seats than that are taken already.'],
  'workshop.staff-last': [1818, 409, 'A workshop needs somebody who runs it.'],
  'workshop.roster-encoding': [
    1819,
    400,
    'The encoding of this file cannot be told for sure; save it as CSV UTF-8 and try again.',
  ],
  'workshop.roster-columns': [
    1820,
    400,
    'A roster is a CSV whose first line names the columns number and name, and language if you like.',
  ],
  'workshop.roster-size': [
    1821,
    400,
    'A workshop has at most 500 seats: those of its roster, and of those who have come.',
  ],
  'workshop.lab-fixed': [
    1822,
    409,
    'Somebody has a seat already; another lab needs another workshop.',
  ],
  'workshop.account-unknown': [1823, 404, 'There is no such account that could help here.'],
  'workshop.pin-locked': [
    1824,
    429,
    'Too many wrong PINs were typed for this number, by whomever. The personal link goes on working, and the instructor can let you in.',
  ],
  'step.locked': [1850, 409, 'The instructor has locked this step; it opens when they say so.'],
  'room.none': [1851, 409, 'You have no seat in a workshop that is open.'],
  'room.hand-unknown': [1852, 404, 'This hand is down already.'],
  'room.hand-claimed': [1853, 409, 'Somebody else has taken this hand on.'],
  'room.seat-unknown': [1854, 404, 'The workshop has no such seat.'],
  'room.no-consent': [1855, 409, 'The learner has not agreed, or not any more.'],
  'room.typing-taken': [1856, 409, 'Somebody has asked this learner already.'],
  'room.no-hint': [1857, 404, 'The lesson has no such hint.'],
  'room.mirror-none': [1858, 409, 'No terminal is shown to the room now.'],
  'marks.item-unknown': [
    1901,
    404,
    'The lesson has no checklist item of this name that is graded.',
  ],
  'marks.too-many-points': [1902, 400, 'An item cannot earn more points than it is worth.'],
  'marks.learner-unknown': [1903, 404, 'Nobody of this workshop has this id.'],
  'marks.open': [
    1904,
    409,
    'Marks are fixed when the workshop has closed; until then there is nothing to grade again.',
  ],
  'marks.weights-fixed': [
    1905,
    409,
    'Learners have been told what items are worth; once the workshop has closed, grade again with a reason.',
  ],
  'report.moments': [1950, 409, 'No more moments can be marked in this lab; take one away first.'],
  'lti.platform-unknown': [1970, 404, 'No learning platform is registered here by this name.'],
  'lti.platform-known': [1971, 409, 'This issuer is registered with this client id already.'],
  'lti.state': [
    1972,
    400,
    'This launch was not begun here, or took too long, or was used before; start again in the course.',
  ],
  'lti.token': [
    1973,
    401,
    "The platform's word cannot be trusted: signature, addressee, time or deployment is wrong.",
  ],
  'lti.message': [1974, 400, 'The platform asks for something that is not offered here.'],
  'lti.denied': [1975, 403, 'The platform did not let you in; start again in the course.'],
  'metrics.token': [
    1990,
    401,
    'Metrics are for whoever brings TATAMI_METRICS_TOKEN as a bearer token; where that is not set, for nobody.',
  ],
  internal: [1999, 500, 'Something went wrong on the server; it was logged.'],
} as const satisfies Record<string, readonly [number: number, status: number, doc: string]>;

export type ErrorCode = keyof typeof errorTable;
const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The body of every HTTP answer that is an error. */
export const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.enum(codes), number: z.int(), message: z.string() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** An expected error with a code of {@link errorTable}. `detail` is safe to show to the caller. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  constructor(code: ErrorCode, options: { cause?: unknown; detail?: string } = {}) {
    super(options.detail ?? errorTable[code][2], { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
  }
  get status(): number {
    return errorTable[this.code][1];
  }
  get body(): ErrorBody {
    return { error: { code: this.code, number: errorTable[this.code][0], message: this.message } };
  }
}

/** What a caller is told of any failure: known errors as they are, the rest without its text. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { statusCode = 500 } = error as { statusCode?: number };
  return new AppError(statusCode < 500 ? 'request.invalid' : 'internal', { cause: error });
}
