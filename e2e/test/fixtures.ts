import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from '@playwright/test';
import { LabPage } from './lab-page.ts';
import { joinTatami, type RunningTatami, startTatami } from './running-tatami.ts';
import { acceptInvitation, adminName } from './staff.ts';

export { expect };

interface Fixtures {
  /** The lab page of a new learner; its machine is closed after the test. */
  lab: LabPage;
  /** Opens a page in a browser context of its own: somebody else, at another machine. */
  visit: (options?: BrowserContextOptions) => Promise<Page>;
  /** Console messages that the test expects, e.g. of connections that it cut. */
  expectedErrors: RegExp | null;
}

/** What every page says on the console that it should not: errors, and breaches of the policy. */
function collect(page: Page, expected: RegExp | null): string[] {
  const problems: string[] = [];
  const note = (text: string) => {
    if (!expected?.test(text)) problems.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => note(error.message));
  return problems;
}

interface WorkerFixtures {
  tatami: RunningTatami;
  /** What the browser of the first account keeps; it is made once, by the set-up link. */
  admin: StorageState;
}

/** For `storageState` of new contexts: cookies and storage of a browser. */
export type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

export const test = base.extend<Fixtures, WorkerFixtures>({
  tatami: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it
    async ({}, use) => {
      const { TATAMI_E2E_URL: url, TATAMI_E2E_PORT: port } = process.env;
      const tatami = url ? await joinTatami(url, Number(port)) : await startTatami();
      await use(tatami);
      await tatami.stop();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  admin: [
    async ({ tatami, browser }, use) => {
      const context = await browser.newContext({ locale: 'en' });
      const page = await context.newPage();
      await page.goto(tatami.setupLink);
      await acceptInvitation(page, adminName);
      await use(await context.storageState());
      await context.close();
    },
    { scope: 'worker' },
  ],
  expectedErrors: [null, { option: true }],
  baseURL: async ({ tatami }, use) => use(tatami.url),
  page: async ({ page, expectedErrors }, use) => {
    const problems = collect(page, expectedErrors);
    await use(page);
    expect(problems).toEqual([]);
  },
  visit: async ({ browser, baseURL, expectedErrors }, use) => {
    const pages: { page: Page; problems: string[] }[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ ...(baseURL && { baseURL }), ...options });
      const page = await context.newPage();
      pages.push({ page, problems: collect(page, expectedErrors) });
      return page;
    });
    const problems = pages.flatMap(({ problems }) => problems);
    await Promise.all(pages.map(({ page }) => page.context().close()));
    expect(problems).toEqual([]);
  },
  lab: async ({ page }, use) => {
    const lab = new LabPage(page);
    await use(lab);
    await lab.closeMachine();
  },
});
