import { shellPrompt } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';

/** How far back it is looked for. */
const mostRows = 500;
const mostCharacters = 1000;

/**
 * The last command that stands behind a prompt of ours and was entered, as the screen shows it: whole, over all rows
 * that it was wrapped to. Null when there is none, or a program has the screen.
 */
export function lastCommand({ buffer: { active } }: Pick<Terminal, 'buffer'>): string | null {
  if (active.type === 'alternate') return null;
  const cursor = active.baseY + active.cursorY;
  let y = cursor;
  // What stands on the cursor's own line was not entered yet.
  while (y > 0 && active.getLine(y)?.isWrapped) y -= 1;
  const least = Math.max(0, y - mostRows);
  for (y -= 1; y >= least; y -= 1) {
    if (active.getLine(y)?.isWrapped) continue;
    let line = '';
    for (let row = y; row === y || active.getLine(row)?.isWrapped; row += 1)
      line += active.getLine(row)?.translateToString(!active.getLine(row + 1)?.isWrapped) ?? '';
    const prompt = shellPrompt.exec(line);
    const command = prompt && line.slice(prompt.index + prompt[0].length).trim();
    if (command && command.length <= mostCharacters) return command;
  }
  return null;
}
