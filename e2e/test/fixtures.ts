import { test as base, expect, type Page } from '@playwright/test';
import { LabPage } from './lab-page.ts';
import { type RunningTatami, startTatami } from './running-tatami.ts';

export { expect };

interface Fixtures {
  /** The lab page of a new learner; its machine is closed after the test. */
  lab: LabPage;
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

export const test = base.extend<Fixtures, { tatami: RunningTatami }>({
  tatami: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it
    async ({}, use) => {
      const tatami = await startTatami();
      await use(tatami);
      await tatami.stop();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  expectedErrors: [null, { option: true }],
  baseURL: async ({ tatami }, use) => use(tatami.url),
  page: async ({ page, expectedErrors }, use) => {
    const problems = collect(page, expectedErrors);
    await use(page);
    expect(problems).toEqual([]);
  },
  lab: async ({ page }, use) => {
    const lab = new LabPage(page);
    await use(lab);
    await lab.closeMachine();
  },
});
