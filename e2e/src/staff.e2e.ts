import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { acceptInvitation, adminName, openWorkshop, signIn } from '../test/staff.ts';

// Who is not signed in, is refused or guesses is answered so.
test.use({ expectedErrors: /status of 4(01|04|29)/ });

/** What a page of the staff must not have: parts beyond its edges, and what keeps people out. */
async function expectSound(page: Page): Promise<void> {
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  expect(await overflow()).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

test('an admin invites an instructor, who signs in elsewhere and ends that session', async ({
  browser,
  tatami,
  admin,
}) => {
  const open = async (locale: string, storageState?: typeof admin) => {
    const context = await browser.newContext({
      ...{ baseURL: tatami.url, locale },
      ...(storageState ? { storageState } : {}),
    });
    return context.newPage();
  };
  const first = await open('en', admin);
  await first.goto('/');
  await first.getByRole('link', { name: 'For instructors' }).click();
  await expect(first.locator('.staff-bar')).toContainText(adminName);
  await first.getByRole('button', { name: 'Make a link' }).click();
  const link = await first.getByTestId('staff-link').innerText();
  await expectSound(first);

  const invited = await open('ja');
  await invited.setViewportSize({ width: 390, height: 844 });
  await invited.emulateMedia({ colorScheme: 'dark' });
  await invited.goto(link);
  await expect(invited.getByRole('heading', { level: 1 })).toHaveText(
    'スタッフとして招待されています',
  );
  await expectSound(invited);
  await acceptInvitation(invited, '鈴木 一郎');
  await expect(invited).toHaveURL('/staff');
  await expectSound(invited);

  const late = await open('zh-CN');
  await late.goto(link);
  await expect(late.getByTestId('error')).toContainText('1709');
  await late.goto('/staff');
  await signIn(late, ' 鈴木　一郎');
  await expect(late.locator('.staff-bar')).toContainText('讲师');

  await invited.reload();
  await invited
    .getByRole('region', { name: 'ログイン中のブラウザー' })
    .getByRole('button', { name: 'ログアウト' })
    .click();
  await expect(invited.getByText('Chrome, Linux')).toHaveCount(1);
  await late.getByRole('button', { name: '生成链接' }).click();
  await expect(late.getByRole('heading', { level: 1 })).toHaveText('登录');
  await expectSound(late);
  for (const page of [first, invited, late]) await page.context().close();
});

test.describe('a board', () => {
  test.use({ expectedErrors: /status of 401|WebSocket connection to .* failed|ERR_/ });
  test('says that it is cut off, and asks who is signed in no more', async ({
    visit,
    tatami,
    admin,
  }) => {
    expect(admin.cookies.map(({ name }) => name)).toContain('tatami_staff');
    const staff = await visit({ locale: 'en' });
    await staff.goto('/staff');
    await signIn(staff, adminName);
    await expect(staff.locator('.staff-bar')).toContainText(adminName);
    const { path } = await openWorkshop(staff, 'Signed out');
    const [board, projector] = [await staff.context().newPage(), await staff.context().newPage()];
    await board.goto(`${path}/board`);
    await projector.goto(`${path}/projector`);
    const rooms = [board, projector];
    for (const room of rooms) await expect(room.locator('.board-head')).toBeVisible();
    tatami.wire.cut();
    for (const room of rooms) await expect(room.getByTestId('board-lost')).toBeVisible();
    // Whoever acts at the page's end sees what went wrong.
    await board.setViewportSize({ width: 1440, height: 500 });
    await board.getByTestId('broadcast-text').fill('Nobody hears');
    await board.locator('.board-page').evaluate((page) => page.scrollTo(0, page.scrollHeight));
    await board.getByTestId('broadcast').click();
    await expect(board.getByTestId('error')).toBeInViewport({ ratio: 1 });
    await expect(board.locator('.board-head')).not.toBeInViewport();
    tatami.wire.mend();
    for (const room of rooms) await expect(room.getByTestId('board-lost')).toHaveCount(0);

    await staff.getByRole('button', { name: 'Sign out' }).click();
    for (const room of rooms)
      await expect(room.getByRole('heading', { level: 1 })).toHaveText('Sign in');
    await signIn(board, adminName);
    await expect(board.getByRole('heading', { level: 1 })).toHaveText('Signed out');
    await board.goto(`/workshops/${'0'.repeat(16)}/board`);
    await expect(board.getByText('There is no such workshop among yours')).toBeVisible();
  });
});

test('who guesses is told to wait', async ({ page, admin }) => {
  expect(admin.cookies.map(({ name }) => name)).toContain('tatami_staff');
  await page.goto('/staff');
  for (let guess = 0; guess < 6; guess++) {
    const answer = page.waitForResponse(/\/api\/account\/session$/);
    await signIn(page, adminName, `guess ${guess}`);
    await answer;
    await expect(page.locator('button[type="submit"]')).toBeEnabled();
  }
  await expect(page.getByTestId('error')).toContainText('1703');
});
