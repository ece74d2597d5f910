import type { Terminal } from '@xterm/xterm';
import { type CommandLine, commandLine } from './command-line.ts';
import { converted, type Keyboard, mayBeOdd, type Odd, oddIn } from './odd-characters.ts';

/** A command that holds odd characters, before it is sent. */
export interface OddCommand {
  line: CommandLine;
  found: Odd[];
  /** As it was probably meant. */
  meant: string;
}

/** Enter or Ctrl+C. */
const endsLine = (data: string) => data.includes('\r') || data.includes('\x03');
/** To the end of the line and away with it: readline's keys, and Ctrl+U is the kernel's too. */
const killLine = '\x05\x15';

/** What a shell is to be sent so that its command line is this one. */
export const replacing = (line: string): string => killLine + line;

export interface LineWatch {
  /** To be told of what the learner typed, after it was sent. */
  typed: (data: string) => void;
  /** Says no more of this line. */
  leave: () => void;
}

/** Tells when the command on the screen holds odd characters that were typed, and when no longer. */
export function watchLine(
  terminal: Pick<Terminal, 'buffer' | 'onWriteParsed'>,
  keyboard: () => Keyboard,
  onOdd: (command: OddCommand | null) => void,
): LineWatch {
  let state: 'idle' | 'watching' | 'left' = 'idle';
  let isAsked = false;
  let wasOdd = false;
  const tell = (command: OddCommand | null) => {
    if (command || wasOdd) onOdd(command);
    wasOdd = command !== null;
  };
  const look = () => {
    isAsked = false;
    if (state !== 'watching') return;
    const line = commandLine(terminal);
    const found = line ? oddIn(line.text, keyboard()) : [];
    tell(line && found.length > 0 ? { line, found, meant: converted(line.text, found) } : null);
  };
  terminal.onWriteParsed(() => {
    if (state !== 'watching' || isAsked) return;
    isAsked = true;
    requestAnimationFrame(look);
  });
  return {
    typed: (data) => {
      if (endsLine(data)) {
        state = 'idle';
        tell(null);
      } else if (state === 'idle' && mayBeOdd(data)) state = 'watching';
    },
    leave: () => {
      state = 'left';
      tell(null);
    },
  };
}
