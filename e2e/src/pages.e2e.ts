import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';

test.describe('an address that leads nowhere', () => {
  test.use({ expectedErrors: /status of 40\d/ });
  for (const [path, number] of [
    ['/labs/99-none', '1200'],
    ['/labs/No%20Such%20Lab', '1000'],
  ] as const)
    test(`${path} is error ${number} in words`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByTestId('error')).toContainText(number);
      await page.getByRole('link', { name: '返回实验列表' }).click();
      await expect(page.getByTestId(`lab-card-${labId}`)).toBeVisible();
    });
});

test('planned labs cannot be opened', async ({ page, lab }) => {
  await page.goto('/');
  const planned = page.getByTestId('lab-card-02-namespace-basics');
  await expect(planned).toContainText('计划中');
  await expect(planned.getByRole('link')).toHaveCount(0);
  // A lesson links to it: what it will be about, without a machine.
  const after = page.getByTestId('lab-card-04-user-namespace-rootless');
  await after.getByRole('link', { name: 'unshare' }).click();
  await lab.prompt('1');
  await lab.openStep('00-refresher');
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await page.locator('article a[href^="/labs/02"]').first().click();
  await expect(page.getByTestId('later-lab')).toContainText('计划中');
  await page.goBack();
  await lab.prompt('1');
  await page.goForward();
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true);
  await page.getByRole('link', { name: '返回实验列表' }).click();
  await expect(planned).toBeVisible();
});

test('the words of the workplace are explained, predictions answered', async ({ page, lab }) => {
  await lab.open();
  await page.locator('.term button').first().click();
  await expect(page.locator('.popover ruby')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.popover')).toHaveCount(0);
  await page.locator('.option').first().click();
  await expect(page.locator('.predict [role=status]')).not.toBeEmpty();
});

test('Tab stays in the terminal until Ctrl+M lets it go', async ({ page, lab }) => {
  await lab.open();
  const inTerminal = () =>
    page.evaluate(() => document.activeElement?.classList.contains('xterm-helper-textarea'));
  await page.getByTestId('terminal-1').click();
  await page.keyboard.press('Tab');
  expect(await inTerminal()).toBe(true);
  await page.keyboard.press('Control+m');
  await expect(page.getByText('Tab 会离开终端')).toBeVisible();
  await page.keyboard.press('Tab');
  expect(await inTerminal()).toBe(false);
});

test('a phone shows text above terminal, with the keys it lacks', async ({ page, lab }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  await page.goto('/');
  await expect(page.getByTestId(`lab-card-${labId}`)).toBeVisible();
  expect(await overflow()).toBe(0);
  await lab.open();
  expect(await overflow()).toBe(0);
  await lab.type('1', 'sleep 100\n');
  await page.getByRole('button', { name: 'Ctrl' }).click();
  await page.getByRole('button', { name: '^C' }).click();
  await lab.shows('1', /\^C/);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`nothing keeps people out: ${colorScheme}`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme });
    const violations = async () => {
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      return found
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    await page.goto('/');
    await expect(page.getByTestId(`lab-card-${labId}`)).toBeVisible();
    expect(await violations()).toEqual([]);
    await lab.open();
    expect(await violations()).toEqual([]);
    await lab.openStep('02-namespaces');
    await lab.check('ns.mount').getByTestId('hint').click();
    await lab.check('ns.mount').getByTestId('solve').click();
    expect(await violations()).toEqual([]);
    for (const dialog of ['ability', 'reset-step']) {
      await page.getByTestId(dialog).click();
      expect(await violations()).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await lab.openStep('07-review');
    await page.locator('.interview textarea').first().fill('unshare');
    await page.locator('.interview button').first().click();
    await expect(page.getByTestId('point')).toHaveCount(1);
    expect(await violations()).toEqual([]);
  });
