import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnterCommand, insideRoot, mustRun, runCommand, type Sandbox } from '../src/index.ts';

const insidePath = '/usr/local/bin/ask';

/** The compiled ask.c. What it answers is "ok" or the name of an error. */
export class Asking implements AsyncDisposable {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async build(): Promise<Asking> {
    const dir = await mkdtemp(join(tmpdir(), 'tatami-ask-'));
    const source = join(import.meta.dirname, 'ask.c');
    await mustRun('cc', ['-D_GNU_SOURCE', '-O2', '-static', '-o', join(dir, 'ask'), source]);
    return new Asking(dir);
  }

  get path(): string {
    return join(this.#dir, 'ask');
  }

  /** Puts the program into a sandbox. */
  async bring(sandbox: Sandbox): Promise<void> {
    await copyFile(this.path, `/proc/${sandbox.initPid}/root${insidePath}`);
  }

  async onHost(question: string): Promise<string> {
    return (await runCommand(this.path, question.split(' '))).stdout.trim();
  }

  /** Asks as the sandbox's root, who has every capability a learner can get. */
  async inside(sandbox: Sandbox, question: string): Promise<string> {
    const { file, args } = this.command(sandbox, question);
    return (await runCommand(file, args)).stdout.trim();
  }

  command(sandbox: Sandbox, question: string): EnterCommand {
    const argv = [insidePath, ...question.split(' ')];
    return sandbox.enterCommand(argv, { user: insideRoot, tty: false });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#dir, { recursive: true, force: true });
  }
}
