import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { Learner } from '../test/learner.ts';
import { openWorkshop } from '../test/staff.ts';

// Who types a taken name is answered so.
test.use({ expectedErrors: /status of 409/ });

/** What a page must not have: parts beyond its edges, and what keeps people out. */
async function expectSound(page: Page): Promise<void> {
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  expect(await overflow()).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

/** Makes a workshop, and arrives at its page. */
async function makeWorkshop(staff: Page, title: string, joining: string): Promise<void> {
  await staff.goto('/workshops/new');
  await staff.getByLabel('Title').fill(title);
  await staff.getByLabel(joining, { exact: true }).check();
  await expectSound(staff);
  await staff.getByRole('button', { name: 'Create the workshop' }).click();
  await expect(staff.getByTestId('shown-code')).toBeVisible();
}

test('learners join by the code, wait, go on elsewhere by the instructor’s yes, and are let in', async ({
  browser,
  tatami,
  admin,
}) => {
  test.setTimeout(120_000);
  const open = async (options: Parameters<typeof browser.newContext>[0]) =>
    (await browser.newContext({ baseURL: tatami.url, ...options })).newPage();
  const staff = await open({ locale: 'en', storageState: admin });
  await makeWorkshop(staff, 'Namespaces by hand', 'Anybody with the code, by name');
  await expectSound(staff);
  const code = (await staff.getByTestId('shown-code').innerText()).trim();

  const first = await open({ locale: 'ja' });
  await first.goto('/');
  await first.getByRole('link', { name: 'ワークショップに参加' }).click();
  await first.getByTestId('join-code').fill(code.toLowerCase().replace('-', ' '));
  await expectSound(first);
  await first.getByTestId('join-code').press('Enter');
  await first.locator('[name="name"]').fill('田中 葵');
  await expectSound(first);
  await first.locator('[name="name"]').press('Enter');
  await expect(first.getByTestId('waiting-room')).toBeVisible();
  await expectSound(first);
  const personal = await first.getByTestId('personal-code').innerText();

  const second = await open({
    ...{ locale: 'zh-CN', colorScheme: 'dark' },
    viewport: { width: 390, height: 844 },
  });
  await second.goto(`/join/${code}`);
  await second.locator('[name="name"]').fill('田中葵');
  await second.locator('[name="name"]').press('Enter');
  await expect(second.getByTestId('error')).toContainText('1805');
  await expectSound(second);
  await second.getByTestId('rejoin').getByRole('button').click();
  const asking = staff.getByTestId('asking');
  await expect(asking).toContainText('open in another browser right now');
  await expectSound(staff);
  await asking.getByRole('button', { name: 'Let in' }).click();
  await expect(second.getByTestId('personal-code')).toHaveText(personal);
  for (const page of [first, second]) await expect(page.getByTestId('seat-twice')).toBeVisible();
  await expect(staff.getByTestId('seat-row')).toContainText('second machine');
  await second.context().close();
  await expect(first.getByTestId('seat-twice')).toBeHidden();

  await staff.getByRole('button', { name: 'Open now' }).click();
  await expect(first).toHaveURL(/\/labs\//);
  await expect(first.getByTestId('seat-bar')).toContainText('田中 葵');
  await expect(first.getByTestId('terminal-1')).toContainText('lab-host', { timeout: 30_000 });
  await staff.getByRole('button', { name: 'Remove 田中 葵' }).click();
  await expect(first.getByTestId('seat-bar')).toContainText('席が外されました');
  await expect(first.getByTestId('machine-gone')).toBeVisible();
  await staff.getByRole('button', { name: 'End now' }).click();
  await staff.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
  await expect(staff.getByTestId('workshop-state')).toHaveText('ended');
  for (const page of [first, staff]) await page.context().close();
});

test('a roster becomes slips whose links lead into the seat', async ({
  browser,
  tatami,
  admin,
}) => {
  const context = await browser.newContext({
    ...{ baseURL: tatami.url, locale: 'en', storageState: admin },
  });
  const staff = await context.newPage();
  await makeWorkshop(
    staff,
    'Namespaces, by roster',
    'Only those on a roster, by personal link or PIN',
  );
  const choose = (text: string) =>
    staff.getByTestId('roster-file').setInputFiles({
      ...{ name: 'roster.csv', mimeType: 'text/csv', buffer: Buffer.from(text) },
    });
  await choose('番号,氏名,言語\nS1,佐藤 花子,ja\nS1,Ada,fr\n');
  await expect(staff.getByTestId('roster-preview')).toContainText('Line 3');
  await expectSound(staff);
  await choose('番号,氏名,言語\nS1,佐藤 花子,ja\nS2,王小明,zh\n');
  await staff.getByRole('button', { name: 'Names are right: save' }).click();
  await expect(staff.getByTestId('seat-row')).toHaveCount(2);
  await staff.getByRole('link', { name: 'Slips to print' }).click();
  const slip = staff.getByTestId('slip').first();
  await expect(slip).toContainText('個人コード');
  await expectSound(staff);
  await staff.emulateMedia({ media: 'print' });
  await expect(staff.locator('.top')).toBeHidden();
  const personal = await slip.locator('dd').last().innerText();

  const learner = await (await browser.newContext({ baseURL: tatami.url, locale: 'en' })).newPage();
  await learner.goto(`/join#${personal}`);
  await expect(learner).toHaveURL('/seat');
  await expect(learner.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(learner.getByRole('main')).toContainText('佐藤 花子');
  await learner.context().close();
  await guessAndGetIn(staff, await browser.newContext({ baseURL: tatami.url, locale: 'zh-CN' }));
  await context.close();
});

/** Somebody types wrong PINs for a seat and asks; the board says both, and the staff let them in from there. */
async function guessAndGetIn(staff: Page, context: BrowserContext): Promise<void> {
  const path = new URL(staff.url()).pathname.replace(/slips$/, '');
  await staff.goto(path);
  const code = (await staff.getByTestId('shown-code').innerText()).trim();
  await staff.goto(`${path}board`);
  const guesser = await context.newPage();
  await guesser.setViewportSize({ width: 390, height: 844 });
  await guesser.goto(`/join/${code}`);
  await guesser.getByLabel('编号').fill('S2');
  for (let n = 0; n < 5; n++) {
    await guesser.getByLabel('PIN').fill(`x${n}`);
    await guesser.getByRole('button', { name: '加入' }).click();
    await expect(guesser.getByTestId('error')).toContainText('1809');
  }
  await expect(staff.getByTestId('guesses')).toContainText('王小明 (S2, 5 wrong)');
  await expectSound(guesser);
  await guesser.getByTestId('rejoin').getByRole('button').click();
  const asking = staff.getByTestId('asking');
  await expect(asking).toContainText('王小明 (S2)');
  await expectSound(staff);
  await asking.getByRole('button', { name: 'Let in' }).click();
  await expect(guesser).toHaveURL('/seat');
  await context.close();
}

test('a machine is checked, and its code says so to the instructor', async ({
  page,
  browser,
  tatami,
  admin,
}) => {
  await page.goto('/check');
  const code = page.getByTestId('check-code');
  await expect(code).toBeVisible({ timeout: 30_000 });
  const untried = await code.innerText();
  await page.getByRole('button', { name: '复制' }).first().click();
  await page.getByTestId('check-paste').press('Control+V');
  await page.getByTestId('check-type').fill('ｅｃｈｏ');
  await expect(page.getByText('全角字符').first()).toBeVisible();
  await page.getByTestId('check-type').fill('');
  await page.getByTestId('check-type').pressSequentially('echo "$HOME" ~ | \\ & > _ {}');
  await expect(page.getByRole('heading', { name: '已就绪' })).toBeVisible();
  await expectSound(page);

  const context = await browser.newContext({
    ...{ baseURL: tatami.url, locale: 'en', storageState: admin },
  });
  const staff = await context.newPage();
  await makeWorkshop(staff, 'Tomorrow', 'Anybody with the code, by name');
  const says = staff.getByTestId('check-says');
  await staff.getByTestId('read-check').fill(await code.innerText());
  await expect(says).toContainText('Ready');
  await staff.getByTestId('read-check').fill(untried);
  await expect(says).toContainText('Copy and paste were not tried yet');
  await context.close();
});

test('a refused act stays told while the seats are asked for again', async ({ visit, admin }) => {
  const staff = await visit({ locale: 'en', storageState: admin });
  const { code } = await openWorkshop(staff, 'One seat', 1);
  const sitDown = async (nth: number) => {
    const learner = new Learner(nth, await visit({ locale: 'en' }));
    await learner.fillIn(code);
    await learner.page.locator('form').first().locator('button[type="submit"]').click();
    await expect(staff.getByTestId('seat-row').filter({ hasText: learner.name })).toBeVisible();
    return learner;
  };
  const first = await sitDown(1);
  await staff.getByRole('button', { name: `Remove ${first.name}` }).click();
  const giveBack = staff.getByRole('button', { name: `Restore ${first.name}` });
  await expect(giveBack).toBeVisible();
  await sitDown(2);
  await giveBack.click();
  const error = staff.getByTestId('error');
  await expect(error).toContainText('All seats are taken');
  for (let polls = 0; polls < 2; polls++) await staff.waitForResponse(/\/seats$/);
  await expect(error).toBeVisible();
});

test('the year of a workshop is typed digit by digit', async ({ visit, admin }) => {
  const staff = await visit({ locale: 'en', storageState: admin });
  await staff.goto('/workshops/new');
  const field = staff.getByLabel('Opens');
  await field.focus();
  await staff.keyboard.type('03092031');
  await expect(field).toHaveValue(/^2031-03-09T/);
});
