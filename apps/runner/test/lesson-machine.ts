import { stripVTControlCharacters } from 'node:util';
import { type Drawn, loadLabs } from '@tatami/lab-format/loader';
import {
  type Answer,
  type RunnerEvent,
  SandboxInfo,
  shellPrompt,
  type Verdict,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import type { startRunner, TestTerminal } from './running-runner.ts';

const { labs } = await loadLabs(new URL('../../../labs', import.meta.url).pathname);

/** The lesson that every part of the product is tested with. */
const lesson = present(
  labs.find(({ id }) => id === '03-unshare-nsenter'),
  'lab 03 has problems: see the unit tests of @tatami/lab-format',
);

/** Steps of the lesson that can be opened. */
export const readySteps = lesson.stepIds.filter((id) => lesson.step(id)?.status === 'ready');

/** A command of the lesson, as a learner types it. */
export const commandText = (stepId: string, id: string): string =>
  present(
    stepOf(stepId).commands.find((command) => command.id === id),
    `no command ${id}`,
  ).text;

/** Start states of a step, one for each thing that may be drawn. */
export const setupsOf = (stepId: string): string[] =>
  stepOf(stepId).draws.map(({ setup }) => setup);

/** A step of the lesson. */
export const stepOf = (stepId: string) => present(lesson.step(stepId), `no step ${stepId}`);

export function present<T>(value: T | undefined, what = 'not there'): T {
  if (value === undefined) throw new Error(what);
  return value;
}

const shownAndPrompt = new RegExp(`[\\s\\S]*?${shellPrompt.source}`);

/** Types one block and awaits a prompt for each of its lines. Returns what the terminal showed. */
export async function run(terminal: TestTerminal, text: string): Promise<string> {
  const lines = text.split('\n');
  terminal.text = '';
  terminal.type(`${lines.join('\r')}\r`);
  let shown = '';
  for (const _ of lines) {
    const found = await terminal.expect(shownAndPrompt).catch((cause: unknown) => {
      const screen = JSON.stringify(shown + terminal.text);
      throw new Error(`no prompt after ${JSON.stringify(text)}: ${screen}`, { cause });
    });
    shown += found[0];
  }
  return stripVTControlCharacters(shown).replaceAll('\r', '');
}

type Runner = Awaited<ReturnType<typeof startRunner>>;

/** A machine on which a step of the lesson is open and worked through. */
export class LessonMachine {
  readonly #step: Drawn;
  readonly #stepId: string;
  readonly #runner: Runner;
  readonly #id: string;
  readonly #events: RunnerEvent[];
  readonly #terminals = new Map<string, TestTerminal>();
  /** Events before this one belong to an earlier opening of the step. */
  #since = 0;

  private constructor(runner: Runner, id: string, events: RunnerEvent[], stepId: string) {
    this.#runner = runner;
    this.#id = id;
    this.#events = events;
    this.#stepId = stepId;
    this.#step = stepOf(stepId).draw('0');
  }

  /** A new machine with a step open, and any of its faults in it. */
  static async open(runner: Runner, stepId: string): Promise<LessonMachine> {
    const { id } = await runner.create();
    const machine = new LessonMachine(runner, id, await runner.events(id), stepId);
    await machine.open();
    return machine;
  }

  /** Opens the step, leaving what runs. */
  async open(): Promise<void> {
    const { setup, checks } = this.#step;
    const open = { stepId: this.#stepId, setup, checks };
    const { status, body } = await this.#request('PUT', '/step', open);
    if (status !== 200) throw new Error(`the step cannot be opened: ${JSON.stringify(body)}`);
    this.#since = this.#events.length;
  }

  /** The shell of this terminal, at its prompt when it is new. */
  async shell(name: string): Promise<TestTerminal> {
    const known = this.#terminals.get(name);
    if (known) return known;
    const before = (await this.#info()).terminals.find(({ id }) => id === name);
    const terminal = await this.#runner.terminal(this.#id, name, {
      ...(before && { from: before.offset }),
      new: '1',
    });
    await terminal.expect(shellPrompt);
    this.#terminals.set(name, terminal);
    return terminal;
  }

  async answer(checkId: string, answer: Answer): Promise<void> {
    const { status } = await this.#request('PUT', `/answers/${checkId}`, answer);
    if (status !== 204) throw new Error(`the answer is refused: ${status}`);
  }

  verdict(checkId: string): Verdict | undefined {
    return this.verdicts.get(checkId);
  }

  /** The newest verdict of each check since the step was opened. */
  get verdicts(): Map<string, Verdict> {
    const given = this.#events.slice(this.#since).flatMap((event) => {
      if (event.type === 'state') return event.verdicts;
      return event.type === 'verdict' ? [event.verdict] : [];
    });
    return new Map(given.map(({ checkId, verdict }) => [checkId, verdict]));
  }

  /** Ids of the checks that are passed. */
  get passed(): string[] {
    return [...this.verdicts].filter(([, { status }]) => status === 'passed').map(([id]) => id);
  }

  /** Key of why a check is not passed. */
  reason(checkId: string): string | undefined {
    const verdict = this.verdict(checkId);
    return verdict && 'reason' in verdict ? verdict.reason.key : undefined;
  }

  /** Polls until the reason is this one. */
  says(checkId: string, key: string): Promise<void> {
    return until(() => this.reason(checkId) === key, { what: `${checkId} says ${key}` });
  }

  /** Polls until every check was looked at. */
  looked(): Promise<void> {
    return until(() => this.verdicts.size === this.#step.checks.length, {
      what: 'all checks are looked at',
    });
  }

  async #info(): Promise<SandboxInfo> {
    return SandboxInfo.parse((await this.#request('GET', '')).body);
  }

  #request(method: string, path: string, body?: unknown) {
    return this.#runner.request(method, `/sandboxes/${this.#id}${path}`, body);
  }
}
