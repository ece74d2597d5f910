import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';

const interfaces = {
  'zh-CN': { locales: ['fr-FR', 'zh-TW', 'ja'], checklist: '检查清单', skip: '跳过' },
  ja: { locales: ['ja-JP', 'en-US'], checklist: 'チェックリスト', skip: 'スキップ' },
  en: { locales: ['en-GB', 'zh-CN'], checklist: 'Checklist', skip: 'Skip' },
} as const;
/** Addresses of all that the page asks for, sockets included. */
function requestsOf(page: Page): URL[] {
  const asked: URL[] = [];
  page.on('request', (request) => asked.push(new URL(request.url())));
  page.on('websocket', (socket) => asked.push(new URL(socket.url())));
  return asked;
}

/** Says that these are what the browser's user prefers, as its settings do. */
const prefer = (page: Page, languages: readonly string[]) =>
  page.addInitScript((list) => {
    Object.defineProperty(navigator, 'languages', { get: () => list });
  }, languages);

for (const [language, { locales, checklist, skip }] of Object.entries(interfaces))
  test(`a walk through the lesson in ${language} is in one language and never leaves the origin`, async ({
    page,
    lab,
    tatami,
  }) => {
    test.setTimeout(90_000);
    const asked = requestsOf(page);
    await prefer(page, locales);
    await page.goto('/');
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await page.getByTestId(`lab-card-${labId}`).getByTestId('start-lab').click();
    await lab.prompt('1');
    const article = page.locator('article');
    const steps = page.locator('[data-testid^="step-nav-"]:enabled');
    const count = await steps.count();
    expect(count).toBeGreaterThan(5);
    for (let n = 0; n < count; n++) {
      await steps.nth(n).click();
      await expect(steps.nth(n)).toHaveAttribute('aria-current', 'step');
      await expect(article).toHaveAttribute('lang', language);
      await expect(article).not.toBeEmpty();
    }
    // What opens, asks or moves without a machine is used once.
    await page.getByTestId('ability').click();
    await page.keyboard.press('Escape');
    await lab.openStep('00-quickstart');
    await page.locator('.term button').first().click();
    await expect(page.locator('.popover [lang=ja]')).toBeVisible();
    await expect(page.getByText(checklist)).toBeVisible();
    await expect(page.getByTestId('step-skip')).toContainText(skip);
    await page.getByTestId('hint').first().click();
    await page.locator('.brand').click();
    await expect(page.getByTestId(`lab-card-${labId}`)).toBeVisible();

    const { host } = new URL(tatami.url);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter(({ protocol }) => protocol === 'ws:').length).toBeGreaterThan(1);
    const strangers = asked.filter((url) => url.host !== host && url.protocol !== 'data:');
    expect(strangers.map(String)).toEqual([]);
  });

test('another language is chosen in place, and kept', async ({ page, lab }) => {
  await lab.open();
  await lab.openStep('02-namespaces');
  const heading = page.locator('#uts');
  await heading.scrollIntoViewIfNeeded();
  const chinese = await heading.innerText();
  await heading.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  const top = () => heading.evaluate((element) => Math.round(element.getBoundingClientRect().top));
  const before = await top();
  for (const language of ['ja', 'en'] as const) {
    await page.locator('header select').selectOption(language);
    await expect(page.locator('article')).toHaveAttribute('lang', language);
    await expect(heading).not.toHaveText(chinese);
    await expect(page.getByTestId('step-nav-02-namespaces')).toHaveAttribute(
      'aria-current',
      'step',
    );
    expect(Math.abs((await top()) - before)).toBeLessThan(4);
  }
  await page.reload();
  await expect(page.locator('article')).toHaveAttribute('lang', 'en');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.goto('/');
  await expect(page.locator('header select')).toHaveValue('en');
});

test('readings are shown above Japanese words until they are switched off, here and later', async ({
  page,
  lab,
}) => {
  await lab.open();
  const readings = page.locator('article rt');
  await lab.openStep('05-production');
  await expect(readings.first()).toBeVisible();
  const words = await page.locator('article ruby').count();
  expect(words).toBeGreaterThan(1);
  const toggle = page.getByTestId('furigana');
  await expect(toggle).toBeChecked();
  await toggle.click();
  await expect(readings).toHaveCount(0);
  await page.reload();
  await expect(toggle).not.toBeChecked();
  await expect(readings).toHaveCount(0);
  await toggle.click();
  await expect(page.locator('article ruby')).toHaveCount(words);
});

test('an interview question is answered first, then compared point by point', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.openStep('07-review');
  const question = page.locator('.interview').first();
  const compare = question.getByRole('button');
  await expect(compare).toBeDisabled();
  await expect(question.getByTestId('point')).toHaveCount(0);
  await question.locator('textarea').fill('新しい Namespace を作るのが unshare です。');
  await page.reload();
  await expect(question.locator('textarea')).toHaveValue(/unshare です/);
  await compare.focus();
  await page.keyboard.press('Enter');
  // By keyboard alone: the focus is on each point as it comes; every second one was said.
  const total = Number((await question.locator('legend').innerText()).match(/\/(\d+)/)?.[1]);
  expect(total).toBeGreaterThan(1);
  for (let n = 0; n < total; n++) {
    await expect(question.getByTestId('point')).toHaveCount(n + 1);
    await page.keyboard.press('Tab');
    if (n % 2 === 1) await page.keyboard.press('ArrowRight');
    else await page.keyboard.press('Space');
  }
  await expect(question.getByTestId('interview-count')).toContainText(String(Math.ceil(total / 2)));
});
