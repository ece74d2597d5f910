import { shellPrompt } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';

const promptAtEnd = new RegExp(`${shellPrompt.source}$`);

/** Whether the cursor stands right behind a shell's prompt. */
export function atPrompt({ buffer: { active } }: Pick<Terminal, 'buffer'>): boolean {
  let y = active.baseY + active.cursorY;
  let text = active.getLine(y)?.translateToString(false, 0, active.cursorX) ?? '';
  // A narrow terminal breaks a long prompt into several rows.
  while (y > 0 && active.getLine(y)?.isWrapped) {
    y -= 1;
    text = (active.getLine(y)?.translateToString(false) ?? '') + text;
  }
  return promptAtEnd.test(text);
}
