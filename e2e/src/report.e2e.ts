import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';
import { verifyEvidence } from '../test/verify-evidence.ts';

/** Where pictures of the report go when they are asked for. */
const pictures = process.env.TATAMI_PICTURES;

const picture = async (page: Page, name: string) => {
  if (pictures)
    await page.screenshot({ path: join(pictures, `report-${name}.png`), fullPage: true });
};

/** A file opened from the disk, without a network. */
async function opened(
  browser: Browser,
  path: string,
  look: { colorScheme: 'light' | 'dark'; viewport: { width: number; height: number } },
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ ...look, offline: true, locale: 'ja' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`file://${path}`);
  return { page, problems };
}

test.use({ locale: 'ja' });

test('a report is written, sealed, and replays from the disk years later', async ({
  page,
  lab,
  browser,
  tatami,
}) => {
  test.setTimeout(120_000);
  await lab.open();
  await lab.passQuickstart();
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await lab.type('1', 'ps aux\n');
  await lab.shows('1', /ps aux\n[\s\S]*# $/);
  await page.getByTestId('mark-moment').click();
  await page.getByTestId('mark-note').fill('ここで PID 1 は bash');
  await page.getByTestId('mark-send').click();
  await expect(page.getByTestId('mark-note')).toBeHidden();

  await page.getByTestId('report-link').click();
  await expect(page.getByTestId('report-event')).toHaveCount(3);
  // As it is proposed, it is in the words of the page.
  const proposed = page.waitForEvent('download');
  await page.getByTestId('report-html').click();
  const text = await readFile(await (await proposed).path(), 'utf8');
  expect(text).toContain('<html lang="ja">');
  expect(text).toContain('の作業中に検知');
  await page.getByTestId('report-title').fill('訓練：名前空間の障害');
  await page.getByTestId('report-cause').fill('原因は <b>未設定</b> の名前空間。');
  await page.getByTestId('report-own-time').fill('2026-01-02T03:04:05');
  await page.getByTestId('report-own-text').fill('顧客から電話');
  await page.getByTestId('report-own-add').click();
  await expect(page.getByTestId('report-kept')).toHaveText('保存済み');
  await page.reload();
  await expect(page.getByTestId('report-title')).toHaveValue('訓練：名前空間の障害');
  await expect(page.getByTestId('report-event')).toHaveCount(4);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await picture(page, 'form');

  const dir = await mkdtemp(join(tmpdir(), 'tatami-report-'));
  try {
    const download = page.waitForEvent('download');
    await page.getByTestId('report-html').click();
    const path = join(dir, (await download).suggestedFilename());
    await (await download).saveAs(path);
    expect(path).toMatch(new RegExp(`incident-report-${labId}-\\d{4}-\\d\\d-\\d\\d\\.html$`));

    const key = `${tatami.url}/api/evidence/key`;
    expect(await verifyEvidence(path, '--key', key)).toMatchObject({ code: 0 });
    expect(await verifyEvidence(path)).toMatchObject({ code: 3 });
    const file = await readFile(path);
    const at = file.indexOf('顧客');
    file[at] = (file[at] as number) ^ 1;
    await writeFile(join(dir, 'changed.html'), file);
    const changed = await verifyEvidence(join(dir, 'changed.html'), '--key', key);
    expect(changed).toMatchObject({ code: 1, out: expect.stringContaining(`byte ${at} `) });

    const wide = { width: 1000, height: 1000 };
    const { page: report, problems } = await opened(browser, path, {
      ...{ colorScheme: 'light', viewport: wide },
    });
    await expect(report.getByRole('heading', { level: 1 })).toHaveText('訓練：名前空間の障害');
    await expect(report.locator('#cause')).toContainText('<b>未設定</b>');
    await expect(report.locator('#timeline')).toContainText('顧客から電話');
    await expect(report.locator('#evidence')).toContainText('ここで PID 1 は bash');
    await expect(report.locator('#evidence pre').first()).toContainText(
      'sudo unshare --pid --fork',
    );
    await expect(report.locator('#evidence')).toContainText('PID 名前空間');
    await report.locator('.seek').first().click();
    const replay = report.locator('.replay').first();
    await expect(replay.locator('.xterm-rows')).toContainText('sudo unshare --pid --fork', {
      timeout: 20_000,
    });
    await picture(report, 'light');
    expect((await new AxeBuilder({ page: report }).exclude('.xterm').analyze()).violations).toEqual(
      [],
    );
    await report.emulateMedia({ media: 'print' });
    await expect(replay).toBeHidden();
    await picture(report, 'print');
    if (pictures) await report.pdf({ path: join(pictures, 'report.pdf'), preferCSSPageSize: true });
    expect(problems).toEqual([]);
    await report.context().close();

    for (const [name, colorScheme, width] of [
      ['dark', 'dark', 1000],
      ['narrow', 'light', 390],
    ] as const) {
      const viewport = { width, height: 844 };
      const { page: other, problems } = await opened(browser, path, { colorScheme, viewport });
      await expect(other.locator('.replay .controls').first()).toBeVisible();
      expect(await other.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      await picture(other, name);
      expect(problems).toEqual([]);
      await other.context().close();
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('the page fits a telephone', async ({ page, lab }) => {
  await lab.open();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/labs/${labId}/report`);
  await expect(page.getByTestId('report-title')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  await picture(page, 'form-narrow');
});

test.describe('while the server is away for a moment', () => {
  test.use({ expectedErrors: /ERR_FAILED/ });
  test('what is written is kept after all, and before the language is another', async ({
    page,
    lab,
  }) => {
    await lab.open();
    await page.goto(`/labs/${labId}/report`);
    const title = page.getByTestId('report-title');
    const kept = page.getByTestId('report-kept');
    // Only what is kept goes to this address without a query.
    await page.route(/\/api\/labs\/[^/]+\/report$/, (route) => route.abort(), { times: 1 });
    await title.fill('一度目');
    await expect(page.getByTestId('error')).toBeVisible();
    await expect(kept).toHaveText('保存済み', { timeout: 10_000 });
    await expect(page.getByTestId('error')).toHaveCount(0);

    await title.fill('二度目');
    await page.locator('header select').selectOption('en');
    await expect(kept).toHaveText('Kept');
    await expect(title).toHaveValue('二度目');
    await page.reload();
    await expect(title).toHaveValue('二度目');
  });
});

test.describe('for admins', () => {
  test.use({ storageState: async ({ admin }, use) => use(admin) });
  test('a learning platform is registered and removed', async ({ page, tatami }) => {
    await page.goto('/staff/lti');
    await expect(page.locator('dd').first()).toHaveText(`${tatami.url}/api/lti/login`);
    const typed = {
      ...{ name: 'Our courses', issuer: 'https://lms.example', clientId: 'c-1' },
      ...{ deployments: '1, 2', authUrl: 'https://lms.example/auth' },
      ...{ tokenUrl: 'https://lms.example/token', keysUrl: 'https://lms.example/keys' },
    };
    for (const [field, value] of Object.entries(typed))
      await page.getByTestId(`lti-${field}`).fill(value);
    await page.getByTestId('lti-add').click();
    await expect(page.getByTestId('lti-platform')).toContainText('Our courses');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await picture(page, 'platforms');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByTestId('lti-platform').getByRole('button').click();
    await expect(page.getByTestId('lti-platform')).toHaveCount(0);
  });
});
