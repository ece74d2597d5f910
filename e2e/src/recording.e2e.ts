import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';

/** Where pictures of the player go when they are asked for. */
const pictures = process.env.TATAMI_PICTURES;

const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: join(pictures, `player-${name}.png`) });
};

/** What the stock player shows of a file. */
async function played(path: string): Promise<string> {
  const args = ['--wait', 'asciinema', 'play', '--speed', '1000', path];
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  return (await promisify(execFile)('setsid', args, { env })).stdout;
}

test('evidence opens the recording at its moment; it plays, seeks, and can be taken away', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.type('1', "printf '\\033[1;31m%s\\033[0m %s\\n' 早い 早い\n");
  await lab.shows('1', /早い 早い\n/);
  await lab.passQuickstart();
  // What passed it is behind us by more than the runner takes to look.
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await lab.type('1', 'echo afterwards-$((1 + 1))\n');
  await lab.shows('1', /afterwards-2\n/);

  const check = lab.check('quickstart.pid1');
  await check.locator('summary').click();
  const opening = page.context().waitForEvent('page');
  await check.getByTestId('recording-1').click();
  const player = await opening;
  const screen = player.getByTestId('player-screen');
  const position = player.getByTestId('player-position');
  await expect(screen).toContainText('sudo unshare --pid --fork');
  await expect(screen).toContainText('早い 早い');
  await expect(screen).not.toContainText('afterwards');
  await expect(player.getByTestId('player-play')).toHaveAccessibleName('播放');
  await picture(player, 'light');
  expect((await new AxeBuilder({ page: player }).exclude('.xterm').analyze()).violations).toEqual(
    [],
  );

  await player.keyboard.press('End');
  await expect(screen).toContainText('afterwards-2');
  await player.keyboard.press('Home');
  await expect(position).toHaveValue('0');
  await expect(screen).not.toContainText('afterwards');
  await player.getByTestId('player-speed').selectOption('8');
  await player.getByTestId('player-play').click();
  await expect(screen).toContainText('afterwards-2', { timeout: 20_000 });
  await expect(player.getByTestId('player-play')).toHaveAccessibleName('播放');
  const whole = Number(await position.getAttribute('max'));
  await player.getByTestId('player-pauses').uncheck();
  expect(Number(await position.getAttribute('max'))).toBeGreaterThanOrEqual(whole);
  await position.focus();
  await player.keyboard.press('ArrowLeft');
  await expect(position).toHaveAttribute('aria-valuetext', /^\d+:\d\d \/ \d+:\d\d$/);

  const downloading = player.waitForEvent('download');
  await player.getByTestId('player-download').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(
    /^tatami-03-unshare-nsenter-terminal-1-\d{8}T\d{4}Z\.cast$/,
  );
  const shown = await played(await download.path());
  expect(shown).toContain('\x1b[1;31m早い\x1b[0m 早い\r\n');
  expect(shown).toContain('afterwards-2\r\n');
  await player.close();
});

test.describe('a narrow page', () => {
  test.use({ expectedErrors: /status of 404/ });
  test('the recording outlives the machine, and fits dark and narrow pages', async ({
    page,
    lab,
  }) => {
    await lab.open();
    await lab.type('1', 'seq -f "line %g" 100\n');
    await lab.shows('1', /line 100\n/);
    await lab.closeMachine();
    await page.reload();
    const link = page.locator('.machine-gone').getByTestId('recording-1');
    await page.goto((await link.getAttribute('href')) ?? '');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    const screen = page.getByTestId('player-screen');
    await expect(page.getByTestId('player-play')).toBeEnabled();
    await page.keyboard.press('End');
    await expect(screen).toContainText('line 100');
    const overflow = () =>
      page.evaluate(() => {
        const host = document.querySelector('[data-testid=player-screen]');
        const cells = host?.querySelector('.xterm-screen');
        if (!host || !cells) return null;
        return [
          document.documentElement.scrollWidth > innerWidth,
          document.documentElement.scrollHeight > innerHeight,
          cells.clientWidth > host.clientWidth,
          cells.clientHeight > host.clientHeight,
        ];
      });
    await expect.poll(overflow).toEqual([false, false, false, false]);
    await picture(page, 'narrow-dark');
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(overflow).toEqual([false, false, false, false]);
    await picture(page, 'dark');
    await page.goto(new URL(page.url()).pathname.replace('/1/', '/7/'));
    await expect(page.getByTestId('error')).toContainText('1302');
  });
});
