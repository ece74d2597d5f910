import { shellPrompt } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';

/** A command that is being typed, as the shell shows it. */
export interface CommandLine {
  text: string;
  /** Rows of the screen, from its top, on which it begins and ends; the first may be above the screen. */
  firstRow: number;
  lastRow: number;
}

/**
 * What stands behind the prompt on the line of the cursor. Null where that cannot be known: a program
 * has the screen, or the prompt is none of ours. Read from the screen, so edits, completion and
 * recalled commands are all in it.
 */
export function commandLine({ buffer: { active } }: Pick<Terminal, 'buffer'>): CommandLine | null {
  if (active.type === 'alternate') return null;
  const cursor = active.baseY + active.cursorY;
  let first = cursor;
  while (first > 0 && active.getLine(first)?.isWrapped) first -= 1;
  let last = cursor;
  while (active.getLine(last + 1)?.isWrapped) last += 1;
  let line = '';
  for (let y = first; y <= last; y++)
    line += active.getLine(y)?.translateToString(y === last) ?? '';
  // The first one: what a command printed without an end of line stands before it.
  const prompt = shellPrompt.exec(line);
  if (!prompt) return null;
  return {
    text: line.slice(prompt.index + prompt[0].length),
    firstRow: first - active.baseY,
    lastRow: last - active.baseY,
  };
}
