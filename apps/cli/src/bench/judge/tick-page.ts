import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { checkOf, hostnameOf, tickLab } from './tick-lab.ts';

/** A tick that takes longer counts as this much. */
const longestMs = 10_000;
const promptTimeoutMs = 30_000;
/** The page notes the times itself. */
const pollMs = 20;

/** Run in the page: notes when a check's item becomes ticked, by test id, in ms since the epoch. */
const noteTicks = `
  window.ticks = {};
  new MutationObserver((records) => {
    for (const { target: { dataset } } of records)
      if (dataset.status === 'passed') window.ticks[dataset.testid] ??= Date.now();
  }).observe(document.body, { subtree: true, attributeFilter: ['data-status'] });`;
/** Run in the page: the terminal's lines up to the cursor. */
const readLines = `(() => {
  const active = window.tatami?.terminals.get('1')?.buffer.active;
  if (!active) return [];
  const last = active.baseY + active.cursorY;
  return Array.from({ length: 12 }, (_, n) => active.getLine(last - 11 + n)?.translateToString(true) ?? '');
})()`;

/** A learner's page of the tick lab in a real browser. */
export class TickPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens it as a new learner and waits for the first prompt. */
  static async open(browser: Browser, url: string): Promise<TickPage> {
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    const tick = new TickPage(page);
    await page.goto(`${url}/labs/${tickLab}`);
    await tick.#prompt();
    await page
      .getByTestId(`check-${checkOf(0)}`)
      .and(page.locator('[data-status=not-yet]'))
      .waitFor();
    await page.evaluate(noteTicks);
    await page.getByTestId('terminal-1').click();
    return tick;
  }

  /**
   * Types the command of one round. The time is from just before the host name is set in the new namespace, as
   * the sandbox's own shell reads the clock, to the change of the item in the page.
   */
  async round(round: number): Promise<number> {
    const mark = `made-${round}=`;
    const inside = `echo "${mark}$EPOCHREALTIME"; hostname ${hostnameOf(round)}; sleep 20`;
    await this.#page.keyboard.type(`sudo unshare --uts bash -c '${inside}'\n`);
    const made = await this.#within(async () => {
      const shown = (await this.#lines()).join('\n');
      return shown.match(new RegExp(`^${mark}(\\d+\\.\\d+)$`, 'm'))?.[1];
    });
    if (made === undefined) throw new Error("the browser does not show that a round's command ran");
    const tick = await this.#within(() =>
      this.#page.evaluate<number | undefined>(`window.ticks['check-${checkOf(round)}']`),
    );
    await this.#page.keyboard.press('Control+c');
    await this.#prompt();
    return tick === undefined ? longestMs : tick - Number(made) * 1000;
  }

  async close(): Promise<void> {
    await this.#page.evaluate(
      `fetch('/api/labs/${tickLab}/machine', { method: 'DELETE' }).then(() => 0)`,
    );
    await this.#page.context().close();
  }

  async #prompt(): Promise<void> {
    const shown = async () => (await this.#lines()).at(-1)?.match(/^learner@lab-host:~\$ ?$/);
    if (!(await this.#within(shown, promptTimeoutMs)))
      throw new Error('the browser shows no prompt');
  }

  async #within<T>(ask: () => Promise<T>, timeoutMs = longestMs): Promise<T | undefined> {
    const end = performance.now() + timeoutMs;
    while (performance.now() < end) {
      const answer = await ask();
      if (answer) return answer;
      await delay(pollMs);
    }
    return undefined;
  }

  #lines(): Promise<string[]> {
    return this.#page.evaluate(readLines);
  }
}
