import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** A terminal's size in characters. */
export interface Size {
  cols: number;
  rows: number;
}

/** How to start the shell of a terminal. */
export interface TerminalCommand extends Size {
  file: string;
  args: string[];
}

/** A terminal as its reader has it. */
export interface Pty {
  /** Of the process that relays the terminal; its shell is that one's child. */
  readonly pid: number;
  write(bytes: Buffer): void;
  resize(size: Size): void;
  pause(): void;
  resume(): void;
  kill(): void;
}

/** What a terminal tells its reader: all of its output, then its end. */
export interface PtyReader {
  output(bytes: Buffer): void;
  end(exitCode: number): void;
}

/** The relay always reads; should it not, this is where typing stops to be kept. */
const maxUnwrittenBytes = 1024 * 1024;

const noop = () => undefined;

/**
 * Runs a command that relays a terminal over its standard streams and is told sizes on descriptor 3
 * (packages/sandbox/native/relay.c). Not by a terminal of its own: libuv reads one that hangs up only
 * once, and what it did not get then is lost. @throws when it cannot be started.
 */
export function openPty({ file, args, ...size }: TerminalCommand, reader: PtyReader): Pty {
  const child = spawn(file, args, {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    // In a session of its own, or a Ctrl-C where the runner was started would reach every shell.
    detached: true,
  }) as ChildProcessByStdio<Writable, Readable, null>;
  const { pid, stdin, stdout } = child;
  const sizes = child.stdio[3] as Writable;
  child.on('error', noop);
  // Writing to one that has ended: the news of its end is on its way.
  stdin.on('error', noop);
  sizes.on('error', noop);
  if (pid === undefined) throw new Error(`${file} could not be started`);
  stdout.on('data', (bytes: Buffer) => reader.output(bytes));
  child.on('close', (code, signal) =>
    reader.end(code ?? 128 + (signal ? constants.signals[signal] : 0)),
  );
  // Of those that a relay which stands still cannot be told the last is kept.
  let untold: Size | undefined;
  const resize = (next: Size) => {
    untold = sizes.writableNeedDrain ? next : undefined;
    if (!untold) sizes.write(Buffer.from(Uint16Array.of(next.cols, next.rows).buffer));
  };
  sizes.on('drain', () => untold && resize(untold));
  resize(size);
  return {
    pid,
    write: (bytes) => {
      if (stdin.writableLength < maxUnwrittenBytes) stdin.write(bytes);
    },
    resize,
    pause: () => stdout.pause(),
    resume: () => stdout.resume(),
    kill: () => child.kill('SIGKILL'),
  };
}
