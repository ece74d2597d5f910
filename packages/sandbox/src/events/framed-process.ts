import { type ChildProcess, spawn } from 'node:child_process';
import { type Frame, FrameReader } from './frames.ts';

/** Loading takes some tenths of a second, on an emulated processor seconds. */
const startTimeoutMs = 30_000;
const endTimeoutMs = 2_000;
const keptWords = 1_000;

/** One run of an event program: command lines go in, frames come out. */
export class FramedProcess {
  readonly #child: ChildProcess;
  readonly #reader = new FrameReader();
  #words = '';
  /** Resolves when the program says that it is. Rejects with its own words when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended and every frame was passed on. Never rejects. */
  readonly ended: Promise<void>;

  constructor(command: string[], onFrames: (frames: Frame[]) => void) {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
    this.#child = child;
    child.once('error', ({ message }) => {
      this.#words ||= message;
    });
    // Whatever goes wrong with its pipes, its end is what counts.
    child.stdin?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-keptWords);
    });
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
      child.stdout?.on('data', (chunk: Buffer) => {
        const frames = this.#read(chunk);
        if (frames.some(({ type }) => type === 'ready')) {
          clearTimeout(timer);
          resolve();
        }
        onFrames(frames);
      });
      void this.ended.then(() => {
        clearTimeout(timer);
        reject(new Error(this.#words.trim() || `${file} ended`));
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Ends it by ending its input. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), endTimeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  #read(chunk: Buffer): Frame[] {
    try {
      return this.#reader.push(chunk);
    } catch (error) {
      this.#words = String(error);
      this.#child.kill('SIGKILL');
      return [];
    }
  }
}
