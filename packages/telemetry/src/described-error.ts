import { types } from 'node:util';

const maxCauses = 5;
/** A script's complaint may be longer than anybody reads. */
const maxMessageLength = 1_000;
const maxStackLength = 4_000;

/** What is written of an error. Its other properties are not: Node's for a broken request holds all that was sent. */
type DescribedError = {
  type: string;
  message: string;
  code?: string;
  /** Where it came from: the frames alone. */
  stack: string;
  cause?: DescribedError;
};

/** An error as logs show it. */
export function describeError(error: unknown): DescribedError {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): DescribedError {
  if (!isError(error))
    return { type: typeof error, message: 'something that is no error', stack: '' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: messageOf(error),
    ...(typeof code === 'string' && { code }),
    stack: framesOf(error),
    ...(error.cause !== undefined &&
      depth < maxCauses && { cause: describe(error.cause, depth + 1) }),
  };
}

const isError = (value: unknown): value is Error =>
  types.isNativeError(value) || value instanceof Error;

function messageOf(error: Error): string {
  // JSON.parse quotes what it was given, and fastify the address of a request that was answered twice.
  const quotes = error instanceof SyntaxError || codeOf(error) === 'FST_ERR_REP_ALREADY_SENT';
  return quotes ? 'not shown, for it quotes a request' : error.message.slice(0, maxMessageLength);
}

const codeOf = (error: Error): unknown => (error as { code?: unknown }).code;

/** The stack without the message before it. */
function framesOf({ stack = '', message }: Error): string {
  const after = message && stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  return stack
    .slice(after)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n')
    .slice(0, maxStackLength);
}
