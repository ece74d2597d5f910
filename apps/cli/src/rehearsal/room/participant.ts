import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answer,
  Attempt,
  LearnerEvent,
  promptAtEnd,
  Session,
  Solution,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { WebSocket } from 'ws';
import { TerminalClient } from '../terminal-client.ts';
import type { FollowedBoard } from './board.ts';
import { Browser } from './browser.ts';
import type { Tally } from './tally.ts';

/** Keys of a line that are typed one by one and measured; the rest follows at once. */
const measuredKeys = 12;
/** Seven keys a second: a practised typist. */
const keyEveryMs = 140;
/** A key without an echo counts as long. */
const echoTimeoutMs = 5_000;
const promptTimeoutMs = 30_000;
/** A block that keeps its terminal has begun by then. */
const holdMs = 1_000;
/** As the page opens them. */
const terminalNames = ['1', '2'];

/** Where learners come in, and who counts what happens to them. */
export interface Entrance {
  url: string;
  labId: string;
  joinCode: string;
  tally: Tally;
  board: FollowedBoard;
}

/** A learner of a workshop over the real server: the page's streams, and terminals that are typed into. */
export class Participant {
  readonly name: string;
  readonly #entrance: Entrance;
  readonly #passed = new Set<string>();
  readonly #terminals = new Map<string, TerminalClient>();
  #browser: Browser;
  #streams: WebSocket[] = [];
  #resumeCode = '';
  #attempt: Attempt | undefined;

  private constructor(name: string, entrance: Entrance, browser: Browser) {
    this.name = name;
    this.#entrance = entrance;
    this.#browser = browser;
  }

  /** Joins by the code as a browser does that has opened the page to join. @returns null when refused. */
  static async join(name: string, entrance: Entrance): Promise<Participant | null> {
    const { url, joinCode, tally } = entrance;
    const browser = new Browser(url);
    await browser.call('GET', `/join/${joinCode}`);
    await browser.call('GET', `/api/join/${joinCode}`);
    const began = performance.now();
    const request = { by: 'name', name, number: null, language: 'en' };
    const { status, body } = await browser.ask('POST', `/api/join/${joinCode}`, request);
    if (status !== 200) {
      tally.refusedJoins += 1;
      return null;
    }
    const learner = new Participant(name, entrance, browser);
    learner.#resumeCode = Session.parse(body).resumeCode;
    await learner.#openPage();
    await learner.#openMachine();
    await learner.#shows('1', promptAtEnd);
    tally.joinToPromptMs.push(performance.now() - began);
    await learner.#shows('2', promptAtEnd);
    return learner;
  }

  get passed(): ReadonlySet<string> {
    return this.#passed;
  }

  /** As it was told last. */
  get attempt(): Attempt {
    if (!this.#attempt) throw new Error('no attempt was told');
    return this.#attempt;
  }

  /** @returns the milliseconds until its start state is there. */
  async openStep(stepId: string): Promise<number> {
    const began = performance.now();
    await this.#change('PUT', 'step', { stepId });
    return performance.now() - began;
  }

  async terminal(name: string): Promise<TerminalClient> {
    const terminal = this.#terminals.get(name);
    if (!terminal) throw new Error(`terminal ${name} is not open`);
    return terminal;
  }

  /** Types lines one after another, each at its prompt; `ranMs` is from Enter to the next prompt, of all of them. */
  async type(name: string, lines: string[]): Promise<{ shown: string; ranMs: number }> {
    const terminal = await this.terminal(name);
    let shown = '';
    let ranMs = 0;
    for (const line of lines) {
      for (const key of line.slice(0, measuredKeys)) await this.#press(terminal, key);
      const entered = performance.now();
      terminal.type(`${line.slice(measuredKeys)}\r`);
      if (!(await terminal.shows(promptAtEnd, promptTimeoutMs)))
        throw new Error(`no prompt comes back in terminal ${name} after ${JSON.stringify(line)}`);
      ranMs += performance.now() - entered;
      shown += terminal.text;
    }
    return { shown, ranMs };
  }

  /** Types what keeps its terminal. @throws when the prompt comes back at once. */
  async hold(name: string, text: string): Promise<void> {
    const terminal = await this.terminal(name);
    terminal.type(`${text}\r`);
    if (await terminal.shows(promptAtEnd, holdMs))
      throw new Error(`terminal ${name} is not kept by ${JSON.stringify(text)}`);
  }

  /** Waits for the prompt of a terminal that was kept. */
  prompt(name: string): Promise<void> {
    return this.#shows(name, promptAtEnd);
  }

  solution(checkId: string): Promise<Solution> {
    return this.#browser
      .call('POST', this.#path(`solutions/${checkId}`))
      .then((body) => Solution.parse(body));
  }

  answer(checkId: string, answer: Answer): Promise<void> {
    return this.#change('PUT', `answers/${checkId}`, answer);
  }

  answerQuiz(checkId: string, answers: Record<string, string>): Promise<void> {
    return this.#change('PUT', `quizzes/${checkId}`, { answers });
  }

  /** Whether the page is told within this time that the check has passed. */
  passes(checkId: string, timeoutMs: number): Promise<boolean> {
    const isSo = () => this.#passed.has(checkId);
    return until(isSo, { what: `${checkId} passes`, everyMs: 50, timeoutMs }).then(
      () => true,
      isSo,
    );
  }

  /** The network is gone, without a word. */
  cut(): void {
    for (const stream of this.#streams.splice(0)) stream.terminate();
    for (const terminal of this.#terminals.values()) terminal.cut();
    this.#terminals.clear();
  }

  /** The page is loaded anew, or opened on another machine with the personal code; shells have gone on. */
  async comeBack(elsewhere: boolean): Promise<void> {
    if (elsewhere) {
      this.#browser = new Browser(this.#entrance.url);
      await this.#browser.call('GET', '/join');
      await this.#browser.call('POST', '/api/session/resume', { code: this.#resumeCode });
    } else await this.#browser.call('GET', '/api/session');
    await this.#openPage();
    this.#openTerminals();
    for (const name of terminalNames) await this.#shows(name, promptAtEnd);
  }

  /** Counts what the page was told has passed and the server does not know any more. */
  async countLost(): Promise<void> {
    const { passed } = Attempt.parse(await this.#browser.call('GET', this.#path('attempt')));
    const kept = new Set(passed.map(({ checkId }) => checkId));
    for (const checkId of this.#passed)
      if (!kept.has(checkId)) this.#entrance.tally.lost(this.name, `${checkId} was passed once`);
  }

  /** Closes page and machine. */
  async end(): Promise<void> {
    this.cut();
    await this.#browser.call('DELETE', this.#path('machine'));
  }

  async #press(terminal: TerminalClient, key: string): Promise<void> {
    const pressed = performance.now();
    terminal.type(key);
    const quoted = key.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
    await terminal.shows(new RegExp(quoted), echoTimeoutMs);
    const tookMs = performance.now() - pressed;
    this.#entrance.tally.keystrokeMs.push(tookMs);
    await delay(Math.max(0, keyEveryMs - tookMs));
  }

  async #shows(name: string, pattern: RegExp): Promise<void> {
    const terminal = await this.terminal(name);
    if (!(await terminal.shows(pattern, promptTimeoutMs)))
      throw new Error(`terminal ${name} shows no prompt: ${JSON.stringify(terminal.text)}`);
  }

  /** What a page loads and follows. */
  async #openPage(): Promise<void> {
    await this.#browser.call('GET', `/api/labs/${this.#entrance.labId}?lang=en`);
    const events = this.#follow(this.#path('events'), (text) =>
      this.#hear(LearnerEvent.parse(JSON.parse(text))),
    );
    this.#follow('/api/room/events', () => undefined);
    const browser = randomBytes(8).toString('hex');
    this.#follow(`/api/seat/events?browser=${browser}`, () => undefined);
    await once(events, 'message');
  }

  async #openMachine(): Promise<void> {
    await this.#change('POST', 'machine');
    this.#openTerminals();
  }

  #openTerminals(): void {
    for (const name of terminalNames) {
      const path = this.#path(`terminals/${name}/stream?cols=100&rows=30&new=1`);
      const { url, headers } = this.#browser.stream(path);
      this.#terminals.set(name, new TerminalClient(url, headers));
    }
  }

  #follow(path: string, take: (text: string) => void): WebSocket {
    const { url, headers } = this.#browser.stream(path);
    const stream = new WebSocket(url, { headers, perMessageDeflate: false });
    this.#streams.push(stream);
    stream.on('message', (data: Buffer) => take(data.toString()));
    stream.on('error', () => undefined);
    stream.on('close', (code) => {
      if (this.#streams.includes(stream))
        this.#entrance.tally.error(this.name, new Error(`${path} was closed with ${code}`));
    });
    return stream;
  }

  #hear(event: LearnerEvent): void {
    if (event.type === 'attempt') {
      this.#attempt = event.attempt;
      for (const { checkId } of event.attempt.passed) this.#pass(checkId);
    } else if (event.type === 'verdict') {
      if (event.verdict.verdict.status === 'passed') this.#pass(event.verdict.checkId);
    } else if (event.type !== 'warning')
      this.#entrance.tally.error(this.name, new Error(`it was told: ${event.type}`));
  }

  #pass(checkId: string): void {
    if (this.#passed.has(checkId)) return;
    this.#passed.add(checkId);
    this.#entrance.board.told(this.name, checkId);
  }

  async #change(method: string, path: string, body?: unknown): Promise<void> {
    this.#attempt = Attempt.parse(await this.#browser.call(method, this.#path(path), body));
  }

  #path(what: string): string {
    return `/api/labs/${this.#entrance.labId}/${what}`;
  }
}
