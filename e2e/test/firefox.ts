import puppeteer, { type Browser, type KeyInput, type Page } from 'puppeteer-core';

/**
 * Debian's own Firefox, driven over WebDriver BiDi. Not by Playwright: what it drives is a Firefox of
 * its own, or one that already knows `emulation.setMediaFeaturesOverride` (153, the ESR, does not).
 */
export async function openFirefox(language: string): Promise<Browser & AsyncDisposable> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.TATAMI_FIREFOX ?? '/usr/bin/firefox-esr',
    extraPrefsFirefox: { 'intl.accept_languages': language },
  });
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() });
}

/** What a page of Firefox says that it should not. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

/** The element with this `data-testid`, once it is seen. */
export const byTestId = (page: Page, id: string) =>
  page.locator(`[data-testid="${id}"]`).setTimeout(10_000);

/** Presses a key while others are held. */
export async function chord(page: Page, held: KeyInput[], key: KeyInput): Promise<void> {
  for (const one of held) await page.keyboard.down(one);
  await page.keyboard.press(key);
  for (const one of held.toReversed()) await page.keyboard.up(one);
}
