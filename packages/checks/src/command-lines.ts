import type { CommandView } from '@tatami/protocol';
import { commandText, cut } from './command-line.ts';

/** Lines kept: the longest incident that was tried took a fifth of it. */
const keptLines = 500;
/** Commands kept of one line: a script may execute any number. */
const keptOfLine = 20;
/** Commands kept of all lines, which bounds what a flood of scripts can cost. */
const keptCommands = 1_500;
/** What a shell executes for one line that was typed begins within this time; nobody types as fast. */
export const togetherMs = 200;

const shells = ['bash', 'dash', 'sh', 'ash', 'zsh'];
const filterPrograms = new Set(
  'grep egrep fgrep head tail awk sed sort uniq wc cut tr less more column tee xargs jq'.split(' '),
);

const nameOf = ({ program, argv: [word = ''] }: CommandView): string =>
  program ?? word.replace(/^-/, '').split('/').at(-1) ?? '';

/** A shell at whose prompt somebody types: neither a script nor a command line of its own is its argument. */
export const isPrompt = (command: CommandView): boolean =>
  command.tty &&
  shells.includes(nameOf(command)) &&
  command.argv.slice(1).every((word) => /^[-+]/.test(word) && !/^-[a-z]*c/.test(word));

/** It reads what login shells read first (bash(1), INVOCATION). */
export const isLogin = ({ argv: [name = '', ...options] }: CommandView): boolean =>
  name.startsWith('-') || options.some((word) => word === '--login' || /^-[a-z]*l/.test(word));

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
  readonly all: CommandLine[] = [];
  /** By the `seq` of what was typed. */
  readonly #bySeq = new Map<number, CommandLine>();
  #size = 0;
  #omitted = 0;

  /** How many were too many. */
  get omitted(): number {
    return this.#omitted;
  }

  add(command: CommandView): void {
    if (command.line === null) return;
    const { seq, line: typedAt } = command;
    const line = seq === typedAt ? this.all.at(-1) : this.#bySeq.get(typedAt);
    if (seq !== typedAt) {
      if (!line || line.more.length === keptOfLine) return;
      line.more.push(command);
    } else if (line && join(command, line)) this.#bySeq.set(seq, line);
    else this.#begin(command);
    this.#size++;
    while (this.all.length > keptLines || this.#size > keptCommands) this.#omitOldest();
  }

  #begin(typed: CommandView): void {
    const line = { typed, more: [], filters: [] };
    this.all.push(line);
    this.#bySeq.set(typed.seq, line);
  }

  #omitOldest(): void {
    const oldest = this.all.shift();
    if (!oldest) return;
    const { typed, more, filters } = oldest;
    for (const { seq } of [typed, ...filters]) this.#bySeq.delete(seq);
    this.#size -= 1 + more.length + filters.length;
    this.#omitted++;
  }
}

/**
 * Takes the command into the line if one shell has just started both as parts of a pipe, which are executed
 * in any order. @returns whether it did.
 */
function join(command: CommandView, line: CommandLine): boolean {
  const { typed, more, filters } = line;
  const together = command.parent === typed.parent && command.at - typed.at < togetherMs;
  if (!together || endOf(typed, more) !== null || filters.length === keptOfLine) return false;
  const [first, ...rest] = [typed, ...filters, command].sort((a, b) => a.pid - b.pid);
  if (!first || !rest.every((one) => filterPrograms.has(nameOf(one)))) return false;
  Object.assign(line, { typed: first, filters: rest });
  return true;
}

/** How the process that was typed ended, whatever it executed in its place; null while it runs. */
export function endOf(typed: CommandView, more: CommandView[]): CommandView['exit'] {
  const last = more.findLast(({ pid }) => pid === typed.pid) ?? typed;
  return last.exit;
}

/** The line as it would be typed. */
export const lineText = ({ typed, filters }: CommandLine): string =>
  cut([typed, ...filters].map(({ argv }) => commandText(argv)).join(' | '));
