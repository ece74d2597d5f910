import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What the probe saw in one namespace; null: the process had ended, or may not be entered. */
export type ProbeAnswer<T> = { inode: number; value: T } | null;

interface Pending {
  resolve(line: string): void;
  reject(error: Error): void;
}

/** The resident `tatami-native probe`: answers in order, restarts when it dies. One per runner. */
export class Probe {
  readonly #bin: string;
  #child: ChildProcess | undefined;
  #pending: Pending[] = [];
  #closed = false;

  constructor(bin: string) {
    this.#bin = bin;
  }

  /** Host names of the uts namespaces of `uts`, segment sizes in the ipc namespaces of `ipc` (host pids). */
  async look(request: {
    uts: number[];
    ipc: number[];
  }): Promise<{ uts: ProbeAnswer<string>[]; ipc: ProbeAnswer<number[]>[] }> {
    const words = [...request.uts.map((pid) => `u${pid}`), ...request.ipc.map((pid) => `i${pid}`)];
    if (words.length === 0) return { uts: [], ipc: [] };
    const answers = (await this.#ask(words.join(' '))).split(' ');
    if (answers.length !== words.length)
      throw new Error('the probe answered another number of questions');
    const uts = answers.slice(0, request.uts.length).map((text) => parse(text, hostname));
    const ipc = answers.slice(request.uts.length).map((text) => parse(text, sizes));
    return { uts, ipc };
  }

  close(): void {
    this.#closed = true;
    this.#child?.stdin?.end();
  }

  #ask(line: string): Promise<string> {
    if (this.#closed) return Promise.reject(new Error('the probe is closed'));
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      child.stdin?.write(`${line}\n`);
    });
  }

  #start(): ChildProcess {
    const child = spawn(this.#bin, ['probe'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = (cause?: unknown) => {
      if (this.#child === child) this.#child = undefined;
      for (const { reject } of this.#pending.splice(0))
        reject(new Error('the probe ended', { cause }));
    };
    child.once('error', ended);
    child.once('close', ended);
    child.stdin?.on('error', ended);
    if (child.stdout)
      createInterface(child.stdout).on('line', (line) => this.#pending.shift()?.resolve(line));
    return child;
  }
}

const hostname = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8');
const sizes = (list: string): number[] => (list ? list.split(',').map(Number) : []);

function parse<T>(text: string, value: (text: string) => T): ProbeAnswer<T> {
  const [inode, rest] = text.split('=');
  if (text.startsWith('!') || rest === undefined) return null;
  return { inode: Number(inode), value: value(rest) };
}
