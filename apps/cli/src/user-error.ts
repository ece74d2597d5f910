/** A condition that the person at the keyboard can mend; the message says how. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
