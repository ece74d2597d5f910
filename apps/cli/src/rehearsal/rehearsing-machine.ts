import type { Rehearsal } from '@tatami/lab-format/rehearsal';
import {
  type Answer,
  type OpenStep,
  promptAtEnd,
  shellPrompt,
  type Verdict,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import type { z } from 'zod';
import type { RunnerProcess } from './runner-process.ts';
import type { TerminalClient } from './terminal-client.ts';

const promptTimeoutMs = 20_000;
/** The runner looks once a second, and sooner when something happens. */
const lookTimeoutMs = 8_000;

type Step = z.input<typeof OpenStep>;

/** A machine of a real runner in which a scripted learner works through steps. */
export class RehearsingMachine implements Rehearsal {
  readonly #runner: RunnerProcess;
  readonly #id: string;
  readonly #terminals = new Map<string, TerminalClient>();
  readonly #verdicts = new Map<string, Verdict>();
  #step: Step | undefined;

  private constructor(runner: RunnerProcess, id: string) {
    this.#runner = runner;
    this.#id = id;
  }

  static async create(runner: RunnerProcess): Promise<RehearsingMachine> {
    const machine = new RehearsingMachine(runner, await runner.create());
    await runner.events(machine.#id, (event) => {
      if (event.type !== 'verdict' || event.stepId !== machine.#step?.stepId) return;
      machine.#verdicts.set(event.verdict.checkId, event.verdict.verdict);
    });
    return machine;
  }

  /** What `begin` opens from now on. */
  set step(step: Step) {
    this.#step = step;
  }

  async begin(): Promise<void> {
    for (const terminal of this.#terminals.values()) terminal.close();
    this.#terminals.clear();
    await this.#open(true);
    await until(
      async () => (await this.#runner.info(this.#id)).terminals.every(({ alive }) => !alive),
      { what: 'the shells have ended' },
    );
  }

  /** Opens the step as a learner comes to it: what runs goes on. */
  open(): Promise<void> {
    return this.#open(false);
  }

  /** The shell of this terminal, at its prompt when it is new. */
  async terminal(name: string): Promise<TerminalClient> {
    return this.#terminals.get(name) ?? (await this.#attach(name));
  }

  /** Types lines one after another, each at its prompt. @returns what the terminal showed for each. */
  async type(name: string, lines: string[], timeoutMs = promptTimeoutMs): Promise<string[]> {
    const terminal = await this.terminal(name);
    const shown: string[] = [];
    for (const line of lines) {
      terminal.type(`${line}\r`);
      if (!(await terminal.shows(promptAtEnd, timeoutMs)))
        throw new Error(
          `no prompt comes back in terminal ${name} after ${JSON.stringify(line)}: ${terminal.text}`,
        );
      shown.push(terminal.text);
    }
    return shown;
  }

  answer(checkId: string, answer: Answer): Promise<void> {
    return this.#runner.answer(this.#id, checkId, answer);
  }

  verdict(checkId: string): Verdict | undefined {
    return this.#verdicts.get(checkId);
  }

  /** By terminal, what it showed since something was last typed into it. */
  get screens(): [name: string, text: string][] {
    return [...this.#terminals].map(([name, { text }]) => [name, text]);
  }

  recording(name: string): Promise<string> {
    return this.#runner.recording(this.#id, name);
  }

  passed(checkId: string): boolean {
    return this.#verdicts.get(checkId)?.status === 'passed';
  }

  /**
   * Waits until the verdicts stand on a look that began after `since`, ms since the epoch. Once every check
   * has passed there are no more looks, and nothing to wait for.
   */
  async looked(since: number): Promise<void> {
    const isNewer = async () => {
      if (this.#step?.checks.every(({ id }) => this.passed(id))) return true;
      const { lookedAt } = await this.#runner.info(this.#id);
      return lookedAt !== null && Date.parse(lookedAt) > since;
    };
    const what = 'the runner looks at the machine';
    await until(isNewer, { what, everyMs: 50, timeoutMs: lookTimeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.values()) terminal.close();
    await this.#runner.close(this.#id);
  }

  async #open(restart: boolean): Promise<void> {
    if (!this.#step) throw new Error('there is no step to open');
    // Not after it: the first look's verdicts may be here before the answer is.
    this.#verdicts.clear();
    await this.#runner.openStep(this.#id, { ...this.#step, restart });
  }

  async #attach(name: string): Promise<TerminalClient> {
    const known = (await this.#runner.info(this.#id)).terminals.find(({ id }) => id === name);
    const terminal = this.#runner.attach(this.#id, name, known?.offset);
    this.#terminals.set(name, terminal);
    if (!(await terminal.shows(shellPrompt, promptTimeoutMs)))
      throw new Error('a new shell shows no prompt');
    return terminal;
  }
}
