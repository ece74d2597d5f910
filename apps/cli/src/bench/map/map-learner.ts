import { promptAtEnd } from '@tatami/protocol';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { TerminalClient } from '../../rehearsal/terminal-client.ts';

export const lab = '03-unshare-nsenter';
const promptTimeoutMs = 30_000;
/** A prompt of whatever shell: of one without a start file, of one in a container. */
const anyPrompt = /[$#] $/;

/** A learner whose page shows the map, and whose terminals the bench types into itself. */
export class MapLearner {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #url: string;
  readonly #terminals = new Map<string, TerminalClient>();

  private constructor(url: string, context: BrowserContext, page: Page) {
    this.#url = url;
    this.#context = context;
    this.page = page;
  }

  /** Begins the lab as a new learner, with the projector's page of the map open. */
  static async begin(browser: Browser, url: string): Promise<MapLearner> {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1280, height: 800 },
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(
      `fetch('/api/session').then(() => fetch('/api/labs/${lab}/machine', { method: 'POST' })).then((answer) => answer.ok || Promise.reject(answer.status))`,
    );
    return new MapLearner(url, context, page);
  }

  /** Shows the map; it follows the machine from here on. */
  async openMap(): Promise<void> {
    await this.page.goto(`${this.#url}/labs/${lab}/map`);
    await this.page.getByTestId('map-row').first().waitFor();
  }

  /** A page of the product without it. */
  async closeMap(): Promise<void> {
    await this.page.goto(this.#url);
  }

  /** The shell of a terminal, at its prompt when it is new. */
  async terminal(id: string): Promise<TerminalClient> {
    const known = this.#terminals.get(id);
    if (known) return known;
    const cookies = await this.#context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const path = `/api/labs/${lab}/terminals/${id}/stream?cols=200&rows=50`;
    const terminal = new TerminalClient(this.#url.replace('http', 'ws') + path, {
      ...{ cookie, origin: this.#url },
    });
    this.#terminals.set(id, terminal);
    if (!(await terminal.shows(promptAtEnd, promptTimeoutMs)))
      throw new Error(`terminal ${id} shows no prompt: ${terminal.text}`);
    return terminal;
  }

  /** Types a line and waits for the next prompt. @returns what the terminal showed. */
  async run(id: string, text: string): Promise<string> {
    const terminal = await this.terminal(id);
    terminal.type(`${text}\r`);
    if (!(await terminal.shows(anyPrompt, promptTimeoutMs)))
      throw new Error(`no prompt after ${JSON.stringify(text)}: ${terminal.text}`);
    return terminal.text;
  }

  /** What an element of the page, by test id, and all in it say: `SUBJECT NAME VALUE`. */
  facts(testId: string): Promise<string[]> {
    return this.page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-testid="${testId}"] [data-facts]')].flatMap((one) => one.getAttribute('data-facts').split('; '))`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.values()) terminal.close();
    await this.page.goto(this.#url);
    await this.page.evaluate(
      `fetch('/api/labs/${lab}/machine', { method: 'DELETE' }).then(() => 0)`,
    );
    await this.#context.close();
  }
}
