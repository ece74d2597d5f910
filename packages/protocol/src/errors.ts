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
