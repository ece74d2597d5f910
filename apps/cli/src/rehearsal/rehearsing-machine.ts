import type { Rehearsal, RehearsalTerminal } from '@tatami/lab-format/rehearsal';
import { prompt } from '@tatami/lab-format/rehearsal';
import type { Answer, OpenStep, Verdict } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import type { z } from 'zod';
import type { RunnerProcess } from './runner-process.ts';
import type { TerminalClient } from './terminal-client.ts';

const promptTimeoutMs = 20_000;

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
    runner.events(id, (event) => {
      if (event.type !== 'verdict' || event.stepId !== this.#step?.stepId) return;
      this.#verdicts.set(event.verdict.checkId, event.verdict.verdict);
    });
  }

  static async create(runner: RunnerProcess): Promise<RehearsingMachine> {
    return new RehearsingMachine(runner, await runner.create());
  }

  /** What `begin` opens from now on. */
  set step(step: Step) {
    this.#step = step;
  }

  async begin(): Promise<void> {
    if (!this.#step) throw new Error('there is no step to begin');
    for (const terminal of this.#terminals.values()) terminal.close();
    this.#terminals.clear();
    await this.#runner.openStep(this.#id, { ...this.#step, restart: true });
    this.#verdicts.clear();
    await until(
      async () => (await this.#runner.info(this.#id)).terminals.every(({ alive }) => !alive),
      { what: 'the shells have ended' },
    );
  }

  async terminal(name: string): Promise<RehearsalTerminal> {
    const terminal = this.#terminals.get(name) ?? (await this.#attach(name));
    return {
      type: (text) => terminal.type(text),
      shows: (pattern, withinMs) => terminal.comesToShow(pattern, withinMs),
    };
  }

  /** Types lines one after another, each at its prompt. @returns what the terminal showed for them. */
  async read(lines: string[], timeoutMs = promptTimeoutMs): Promise<string> {
    const terminal = this.#terminals.get('1') ?? (await this.#attach('1'));
    let shown = '';
    for (const line of lines) {
      terminal.type(`${line}\r`);
      if (!(await terminal.comesToShow(prompt, timeoutMs)))
        throw new Error(`no prompt comes back after ${JSON.stringify(line)}: ${terminal.text}`);
      shown += terminal.text;
    }
    return shown;
  }

  answer(checkId: string, answer: Answer): Promise<void> {
    return this.#runner.answer(this.#id, checkId, answer);
  }

  verdict(checkId: string): Verdict | undefined {
    return this.#verdicts.get(checkId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.values()) terminal.close();
    await this.#runner.close(this.#id);
  }

  async #attach(name: string): Promise<TerminalClient> {
    const known = (await this.#runner.info(this.#id)).terminals.find(({ id }) => id === name);
    const terminal = this.#runner.attach(this.#id, name, known?.offset);
    this.#terminals.set(name, terminal);
    if (!(await terminal.comesToShow(prompt, promptTimeoutMs)))
      throw new Error('a new shell shows no prompt');
    return terminal;
  }
}
