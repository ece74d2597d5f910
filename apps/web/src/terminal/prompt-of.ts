import { promptAtEnd } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';

const loginPromptAtEnd = /learner@[\w-]+:\S*\$ $/;

/** Whose prompt the cursor stands right behind, if any: the login shell's, or one's that was entered. */
export function promptOf({
  buffer: { active },
}: Pick<Terminal, 'buffer'>): 'login' | 'inner' | null {
  let y = active.baseY + active.cursorY;
  let text = active.getLine(y)?.translateToString(false, 0, active.cursorX) ?? '';
  // A narrow terminal breaks a long prompt into several rows.
  while (y > 0 && active.getLine(y)?.isWrapped) {
    y -= 1;
    text = (active.getLine(y)?.translateToString(false) ?? '') + text;
  }
  if (loginPromptAtEnd.test(text)) return 'login';
  return promptAtEnd.test(text) ? 'inner' : null;
}
