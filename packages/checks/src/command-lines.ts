import type { CommandView } from '@tatami/protocol';
import { commandText } from './command-line.ts';

/** Lines kept: the longest incident that was tried took a fifth of it. */
const keptLines = 500;
/** Commands kept of one line: a script may execute any number. */
const keptOfLine = 20;
/** What reads from a pipe is executed this soon after what writes to it. */
const pipeMs = 200;

const shells = ['bash', 'dash', 'sh', 'ash', 'zsh'];
const filters = new Set(
  'grep egrep fgrep head tail awk sed sort uniq wc cut tr less more column tee xargs jq'.split(' '),
);

const nameOf = ({ program, argv: [word = ''] }: CommandView): string =>
  program ?? word.replace(/^-/, '').split('/').at(-1) ?? '';

/** A shell at whose prompt somebody types: neither a script nor a command line of its own is its argument. */
export const isPrompt = (command: CommandView): boolean =>
  command.tty &&
  shells.includes(nameOf(command)) &&
  command.argv.slice(1).every((word) => /^[-+]/.test(word) && !/^-[a-z]*c/.test(word));

/** What was typed at once, as far as programs were executed for it: no kernel sees a shell's builtins. */
export interface CommandLine {
  typed: CommandView;
  /** What `typed` led to, oldest first: of `sudo nsenter ... ip addr` it is nsenter and ip. */
  more: CommandView[];
  /** What it was piped into. */
  filters: CommandView[];
}

/** Typed lines since a step began, oldest first, made of its commands as they are executed. */
export class CommandLines {
  readonly #lines = new Map<number, CommandLine>();
  #last: CommandLine | undefined;
  #omitted = 0;

  get all(): CommandLine[] {
    return [...this.#lines.values()];
  }

  /** How many were too many. */
  get omitted(): number {
    return this.#omitted;
  }

  add(command: CommandView): void {
    if (command.line === null) return;
    if (command.line !== command.seq) {
      const line = this.#lines.get(command.line);
      if (line && line.more.length < keptOfLine) line.more.push(command);
    } else if (this.#last && isPiped(command, this.#last)) this.#last.filters.push(command);
    else this.#begin(command);
  }

  #begin(typed: CommandView): void {
    this.#last = { typed, more: [], filters: [] };
    this.#lines.set(typed.seq, this.#last);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size <= keptLines || oldest === undefined) return;
    this.#lines.delete(oldest);
    this.#omitted++;
  }
}

/** One shell has just started both, and the first is not over. */
const isPiped = (command: CommandView, { typed, more, filters: others }: CommandLine): boolean =>
  filters.has(nameOf(command)) &&
  command.parent === typed.parent &&
  command.at - (others.at(-1) ?? typed).at < pipeMs &&
  others.length < keptOfLine &&
  endOf(typed, more) === null;

/** How the process that was typed ended, whatever it executed in its place; null while it runs. */
export function endOf(typed: CommandView, more: CommandView[]): CommandView['exit'] {
  const last = more.findLast(({ pid }) => pid === typed.pid) ?? typed;
  return last.exit;
}

/** The line as it would be typed. */
export const lineText = ({ typed, filters }: CommandLine): string =>
  [typed, ...filters].map(({ argv }) => commandText(argv)).join(' | ');
