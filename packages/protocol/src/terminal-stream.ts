import { z } from 'zod';

/**
 * The terminal stream, docs/protocol.md. Binary frames are PTY bytes in both directions; text frames
 * are JSON control messages. Offsets count the PTY's output bytes from the terminal's start.
 */

const size = { cols: z.int().min(2).max(500), rows: z.int().min(1).max(300) };

/** Who shows a terminal: its one owner types and sets the size, viewers watch. */
export const TerminalRole = z.enum(['owner', 'viewer']);
export type TerminalRole = z.infer<typeof TerminalRole>;

/** Client to server. */
export const TerminalClientMessage = z.discriminatedUnion('type', [
  /** Nothing comes of a viewer's. */
  z.strictObject({ type: z.literal('resize'), ...size }),
  /** Every byte before `offset` was parsed by the client's terminal. */
  z.strictObject({ type: z.literal('ack'), offset: z.int().nonnegative() }),
  /** The client wants to own the terminal; whoever does becomes a viewer. */
  z.strictObject({ type: z.literal('take') }),
]);
export type TerminalClientMessage = z.infer<typeof TerminalClientMessage>;

/** Server to client. */
export const TerminalServerMessage = z.discriminatedUnion('type', [
  /**
   * First frame, and again after a viewer was left behind. The next binary byte has offset `offset`;
   * bytes before `liveOffset` are replayed. `snapshot` draws the screen as it stood at `offset`, on a
   * cleared one, where the bytes that drew it are no longer held; null when they are.
   */
  z.strictObject({
    type: z.literal('hello'),
    offset: z.int().nonnegative(),
    liveOffset: z.int().nonnegative(),
    snapshot: z.string().nullable(),
    role: TerminalRole,
    ...size,
  }),
  /** What the client is from now on. */
  z.strictObject({ type: z.literal('role'), role: TerminalRole }),
  /** The terminal's size, to viewers: the bytes are for this width. */
  z.strictObject({ type: z.literal('size'), ...size }),
  /** The shell ended; the stream closes with `shellExited` after this. */
  z.strictObject({ type: z.literal('exit'), exitCode: z.int() }),
]);
export type TerminalServerMessage = z.infer<typeof TerminalServerMessage>;

/** WebSocket close codes of ours (RFC 6455 section 7.4.2: 4000-4999 are private). */
export const closeCodes = {
  shellExited: 4000,
  sandboxClosed: 4001,
  badMessage: 4003,
  slowClient: 4004,
  unauthorized: 4005,
  unknown: 4006,
  runnerUnreachable: 4007,
  shellMissing: 4008,
  tooFast: 4009,
  tooMany: 4010,
  serverRestarting: 4011,
} as const;
export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** Bytes parsed between two acks: about 30 acks a MiB, small beside the stream itself. */
export const ackEveryBytes = 32 * 1024;
/** Sent and unacknowledged bytes at which the PTY is paused: four acks, so a Ctrl-C waits for at most this much. */
export const highWatermarkBytes = 4 * ackEveryBytes;
/** Unacknowledged bytes at which the PTY goes on: half of the window, so it never runs dry. */
export const lowWatermarkBytes = highWatermarkBytes / 2;
/** Largest frame a client may send: a large paste comes in several. */
export const maxClientFrameBytes = 64 * 1024;
/** Output kept per terminal for replay. */
export const ringBytes = 1024 * 1024;
/** Clients of one terminal, its owner among them. */
export const maxTerminalClients = 16;
