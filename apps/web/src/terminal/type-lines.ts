import type { Solution } from '@tatami/protocol';

type Line = Solution['lines'][number];

/** A terminal as somebody types into it who looks where the cursor stands. */
export interface TypedTerminal {
  /** Connected, and all that was missed is on the screen. */
  live: () => boolean;
  /** Whose prompt the cursor stands behind with nothing typed: the login shell's, or an inner one's. */
  prompt: () => 'login' | 'inner' | null;
  /** Bytes that its screen has parsed since the shell began. */
  parsed: () => number;
  /** False when nothing was sent. */
  send: (text: string) => boolean;
}

/** How far the typing came. */
export interface Typed {
  /** Lines sent so far. */
  count: number;
  /** The last of them: it has arrived once the screen has parsed more than `offset + bytes`. */
  last: { terminal: string; offset: number; bytes: number } | null;
}

export type TypingEnd =
  | { name: 'done' | 'stopped' }
  /** That terminal shows no prompt, or its connection was lost. */
  | { name: 'no-prompt' | 'lost'; terminal: string };

const promptWithinMs = 15_000;
/** Longest time until a shell says back what was sent, on a busy host. */
const echoWithinMs = 2_000;
/** A prompt is back when it stays for this long: between the lines of a block it is followed at once. */
const settledMs = 150;
const everyMs = 40;
/** Shells within shells that are left; each may ask twice when it has jobs. */
const mostShells = 10;

/** Nothing typed yet. */
export const untyped: Typed = { count: 0, last: null };

interface Parts {
  /** The terminal, once it is there. */
  terminal: (id: string) => TypedTerminal | undefined;
  signal: AbortSignal;
  onTyped: (typed: Typed) => void;
}

const atPrompt = (terminal: TypedTerminal) => terminal.prompt() !== null;

/**
 * Types lines one after another, each once the prompt is back, beginning in the login shells. Goes on
 * from where an earlier call ended: a line that never arrived is sent again, one that did is not.
 */
export async function typeLines(lines: Line[], from: Typed, parts: Parts): Promise<TypingEnd> {
  let { count } = from;
  if (from.last) {
    const { last } = from;
    const end = await wait(last.terminal, parts, atPrompt);
    if (end) return end;
    // It may have been sent just now: its echo is still to come then.
    const late = await wait(last.terminal, parts, () => hasArrived(last, parts), echoWithinMs);
    if (late && late.name !== 'no-prompt') return late;
    if (late) count -= 1;
  }
  const begun = new Set(lines.slice(0, count).map(({ terminal }) => terminal));
  for (const { terminal: id, text } of lines.slice(count)) {
    const early = begun.has(id) ? await wait(id, parts, atPrompt) : await leave(id, parts);
    if (early) return early;
    begun.add(id);
    const last = send(id, text, parts);
    if (!last) return { name: 'lost', terminal: id };
    count += 1;
    parts.onTyped({ count, last });
    // What the last line began may go on.
    const isLast = count === lines.length;
    const end = await wait(
      id,
      parts,
      (terminal) => hasArrived(last, parts) && (isLast || atPrompt(terminal)),
    );
    if (end) return end;
  }
  return { name: 'done' };
}

/** Leaves whatever shells were entered, so that what is typed next means what it means on the machine. */
async function leave(id: string, parts: Parts): Promise<TypingEnd | null> {
  for (let left = 0; left <= mostShells; left++) {
    const end = await wait(id, parts, atPrompt);
    if (end || parts.terminal(id)?.prompt() === 'login') return end;
    const exit = send(id, 'exit', parts);
    if (!exit) return { name: 'lost', terminal: id };
    const after = await wait(
      id,
      parts,
      (terminal) => hasArrived(exit, parts) && atPrompt(terminal),
    );
    if (after) return after;
  }
  return { name: 'no-prompt', terminal: id };
}

function send(id: string, text: string, { terminal }: Parts): Typed['last'] {
  const there = terminal(id);
  const offset = there?.parsed() ?? 0;
  if (!there?.send(`${text.replaceAll('\n', '\r')}\r`)) return null;
  return { terminal: id, offset, bytes: new TextEncoder().encode(text).length };
}

/** Its echo is on the screen: a shell says back at least what was typed. */
function hasArrived({ terminal: id, offset, bytes }: NonNullable<Typed['last']>, parts: Parts) {
  return (parts.terminal(id)?.parsed() ?? 0) - offset > bytes;
}

/** Waits until it `holds` for a while. @returns null then, else why it will not. */
async function wait(
  id: string,
  { terminal, signal }: Parts,
  holds: (terminal: TypedTerminal) => boolean,
  withinMs = promptWithinMs,
): Promise<TypingEnd | null> {
  const deadline = performance.now() + withinMs;
  let since: number | null = null;
  let wasLive = false;
  for (;;) {
    if (signal.aborted) return { name: 'stopped' };
    const now = performance.now();
    const there = terminal(id);
    const live = there?.live() ?? false;
    // A terminal that is only being opened is not lost.
    if (wasLive && !live) return { name: 'lost', terminal: id };
    wasLive = live;
    since = there && live && holds(there) ? (since ?? now) : null;
    if (since !== null && now - since >= settledMs) return null;
    if (now > deadline) return { name: live ? 'no-prompt' : 'lost', terminal: id };
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
