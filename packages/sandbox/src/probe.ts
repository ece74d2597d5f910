import { type ChildProcess, spawn } from 'node:child_process';

/** Far above what the largest sandbox takes. */
const answerTimeoutMs = 5_000;

interface Pending {
  resolve(answer: Buffer): void;
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

  /**
   * One picture of a sandbox, as native/probe.c writes it (snapshot.ts reads it).
   * @param members path of the cgroup.procs that lists its processes.
   */
  snapshot(initPid: number, members: string): Promise<Buffer> {
    if (this.#closed) return Promise.reject(new Error('the probe is closed'));
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      // Nothing it reads should make it wait; were it to, everyone's checks would.
      const timer = setTimeout(() => child.kill('SIGKILL'), answerTimeoutMs);
      this.#pending.push({
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      child.stdin?.write(`${initPid} ${members}\n`);
    });
  }

  close(): void {
    this.#closed = true;
    this.#child?.stdin?.end();
  }

  #start(): ChildProcess {
    const child = spawn(this.#bin, ['probe'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = (cause?: unknown) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      for (const { reject } of this.#pending.splice(0))
        reject(new Error('the probe ended', { cause }));
    };
    child.once('error', ended);
    child.once('close', ended);
    child.stdin?.on('error', ended);
    child.stdout?.on(
      'data',
      cutAnswers((answer) => this.#pending.shift()?.resolve(answer)),
    );
    return child;
  }
}

/** Cuts a stream of bytes into answers, each after its length in 32 bits. */
export function cutAnswers(deliver: (answer: Buffer) => void): (bytes: Buffer) => void {
  let chunks: Buffer[] = [];
  let received = 0;
  let wanted = 4;
  return (bytes) => {
    chunks.push(bytes);
    received += bytes.length;
    if (received < wanted) return;
    let rest = chunks.length === 1 ? bytes : Buffer.concat(chunks);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
      const end = 4 + rest.readUInt32LE(0);
      deliver(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
    chunks = [rest];
    received = rest.length;
    wanted = rest.length >= 4 ? 4 + rest.readUInt32LE(0) : 4;
  };
}
