import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';

const setting = (page: Page, name: string) => page.getByRole('tabpanel').getByLabel(name);
const frame = (page: Page) => page.locator('.terminal-pane:not([hidden]) .terminal-frame');

test('the shell has the size of what is seen, and follows it', async ({ page, lab }) => {
  await lab.open();
  const before = await lab.read('1', ({ cols, rows }) => `${rows} ${cols}`);
  await lab.type('1', 'stty size\n');
  await lab.shows('1', new RegExp(`\n${before}\n`));
  await page.setViewportSize({ width: 1100, height: 700 });
  await expect.poll(() => lab.read('1', ({ cols, rows }) => `${rows} ${cols}`)).not.toBe(before);
  const after = await lab.read('1', ({ cols, rows }) => `${rows} ${cols}`);
  await lab.type('1', 'stty size\n');
  await lab.shows('1', new RegExp(`\n${after}\n`));
});

test('characters are as wide as Unicode says', async ({ lab }) => {
  await lab.open();
  await lab.type('1', "printf '\\n世界🍵ｱe\\u0301|\\n'\n");
  await lab.shows('1', /\n世界🍵ｱ/);
  const widths = await lab.read('1', ({ buffer: { active } }) => {
    for (let y = active.baseY + active.cursorY; y >= 0; y--) {
      const line = active.getLine(y);
      if (!line?.translateToString(true).startsWith('世界🍵')) continue;
      const found = [];
      for (let x = 0; x < 10; x++) {
        const cell = line.getCell(x);
        if (cell?.getWidth()) found.push([cell.getChars(), cell.getWidth()]);
      }
      return found;
    }
    return [];
  });
  expect(widths.slice(0, 6)).toEqual([
    ['世', 2],
    ['界', 2],
    ['🍵', 2],
    ['ｱ', 1],
    ['e\u0301', 1],
    ['|', 1],
  ]);
});

test('search finds, counts, goes on and back, minds the case, and ends with Escape', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.type('1', "printf 'Tea tea\\ntea\\n'; clear -x\n");
  await lab.type('1', "printf 'Tea tea\\ntea\\n'\n");
  await lab.shows('1', /Tea tea\ntea\nlearner/);
  await page.keyboard.press('Control+Shift+F');
  const count = page.getByTestId('search-count');
  await expect(page.getByTestId('search-field')).toBeFocused();
  await page.keyboard.type('tea');
  await expect(count).toHaveText(/^\d+\/\d+$/);
  const [, all = 0] = (await count.innerText()).split('/').map(Number);
  const at = async () => Number((await count.innerText()).split('/')[0]);
  const first = await at();
  await page.keyboard.press('Enter');
  await expect.poll(at).toBe((first % all) + 1);
  await page.keyboard.press('Shift+Enter');
  await expect.poll(at).toBe(first);
  await page.getByTestId('search-next').click();
  await expect.poll(at).toBe((first % all) + 1);
  await page.getByTestId('search-previous').click();
  await expect.poll(at).toBe(first);
  await page.getByTestId('search-case').click();
  await expect.poll(async () => Number((await count.innerText()).split('/')[1])).toBeLessThan(all);
  await page.getByTestId('search-field').fill('nowhere to be found');
  // The Escape that ends a composition is the input method's.
  await page.getByTestId('search-field').dispatchEvent('keydown', {
    ...{ key: 'Escape', isComposing: true, bubbles: true },
  });
  await expect(page.getByTestId('search-field')).toBeVisible();
  await expect(count).toHaveText('0');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('search-field')).toHaveCount(0);
  // The keys are the shell's again.
  await page.keyboard.type('echo back\n');
  await lab.shows('1', /\nback\n/);
  await lab.pane.getByTestId('terminal-search').click();
  await expect(page.getByTestId('search-field')).toBeFocused();
});

test('a link opens with Ctrl and a click only, and cannot reach back', async ({
  page,
  lab,
  context,
}) => {
  await context.route('https://example.org/**', (route) => {
    expect(route.request().headers().referer).toBeUndefined();
    return route.fulfill({ contentType: 'text/html', body: '<title>there</title>' });
  });
  await lab.open();
  await lab.type('1', 'echo see https://example.org/path now\n');
  await lab.shows('1', /\nsee https:/);
  const { x, y } = await lab.placeOf('example.org/path now');
  await page.mouse.move(x - 60, y);
  await expect(page.getByTestId('link-hint')).toContainText('https://example.org/path');
  await page.mouse.click(x - 60, y);
  expect(context.pages()).toHaveLength(1);
  await page.keyboard.down('Control');
  const [opened] = await Promise.all([context.waitForEvent('page'), page.mouse.click(x - 60, y)]);
  await page.keyboard.up('Control');
  await expect(opened).toHaveURL('https://example.org/path');
  expect(await opened.evaluate(() => window.opener)).toBeNull();
  await opened.close();
  await page.mouse.move(5, 5);
  await expect(page.getByTestId('link-hint')).toHaveCount(0);
});

test('a link whose text says something else shows where it leads; others than the web do not open', async ({
  page,
  lab,
  context,
}) => {
  await lab.open();
  await lab.type(
    '1',
    "printf '\\e]8;;https://evil.example/\\abank\\e]8;;\\a \\e]8;;file:///etc/passwd\\afiles\\e]8;;\\a\\n'\n",
  );
  await lab.shows('1', /\nbank files\n/);
  const bank = await lab.placeOf('bank files');
  await page.mouse.move(bank.x - 30, bank.y);
  await expect(page.getByTestId('link-hint')).toContainText('https://evil.example/');
  await page.mouse.move(bank.x + 30, bank.y);
  await expect(page.getByTestId('link-hint')).toHaveCount(0);
  await page.keyboard.down('Control');
  await page.mouse.click(bank.x + 30, bank.y);
  await page.keyboard.up('Control');
  expect(context.pages()).toHaveLength(1);
});

test('colours and size are chosen, kept, and the same in every terminal', async ({ page, lab }) => {
  await lab.open();
  await lab.pane.getByTestId('terminal-settings').click();
  await page.getByTestId('terminal-theme').selectOption('light');
  await setting(page, '增大').click();
  await expect(page.getByTestId('font-size')).toHaveText('15');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('terminal-theme')).toHaveCount(0);
  const looks = (id: string) =>
    lab.read(id, ({ options }) => [options.theme?.background, options.fontSize]);
  expect(await looks('1')).toEqual(['#fbfaf5', 15]);
  expect(await looks('2')).toEqual(['#fbfaf5', 15]);
  await expect(frame(page)).toHaveCSS('background-color', 'rgb(251, 250, 245)');
  // The keyboard is in the terminal again.
  await page.keyboard.press('Control+Shift+Equal');
  expect(await looks('1')).toEqual(['#fbfaf5', 16]);
  await page.keyboard.press('Control+Shift+Minus');
  await page.keyboard.press('Control+Shift+Minus');
  await page.reload();
  await lab.prompt('1');
  expect(await looks('1')).toEqual(['#fbfaf5', 14]);
  await page.evaluate(() => localStorage.setItem('tatami.terminal', '{"theme":"pink'));
  await page.reload();
  await lab.prompt('1');
  expect(await looks('1')).toEqual(['#161b1d', 14]);
});

test('what a program draws in low contrast can be read', async ({ page, lab }) => {
  await lab.open();
  // Dark grey of the 256 colours on the dark background.
  await lab.type('1', "printf '\\e[38;5;235mfaint\\e[m\\n'\n");
  await lab.shows('1', /\nfaint\n/);
  const colour = await page
    .getByTestId('terminal-1')
    .locator('.xterm-rows span', { hasText: /^faint$/ })
    .evaluate((span) => getComputedStyle(span).color);
  const [red = 0] = [...colour.matchAll(/\d+/g)].map(([part]) => Number(part));
  expect(red).toBeGreaterThan(110);
});

test('screen readers get the text when they ask for it', async ({ page, lab }) => {
  await lab.open();
  const spoken = page.getByTestId('terminal-1').locator('.xterm-accessibility');
  await expect(spoken).toHaveCount(0);
  await lab.pane.getByTestId('terminal-settings').click();
  await setting(page, '屏幕阅读器模式').check();
  await page.keyboard.press('Escape');
  await page.keyboard.type('echo spo""ken\n');
  await expect(spoken).toContainText('spoken');
});

test('the bell is seen for a moment, and does not flicker', async ({ page, lab }) => {
  await lab.open();
  await page.evaluate(() => {
    const rings: number[] = [];
    Object.assign(window, { rings });
    new MutationObserver((changes) => {
      for (const { target } of changes)
        if ((target as HTMLElement).dataset.ringing === 'true') rings.push(performance.now());
    }).observe(document.body, { subtree: true, attributeFilter: ['data-ringing'] });
  });
  await lab.type('1', "for n in $(seq 100); do printf '\\a'; sleep 0.01; done; echo rung\n");
  await lab.shows('1', /\nrung\n/);
  const rings = await page.evaluate(() => (window as unknown as { rings: number[] }).rings);
  expect(rings.length).toBeGreaterThanOrEqual(1);
  expect(rings.length).toBeLessThanOrEqual(6);
  await expect(frame(page)).toHaveAttribute('data-ringing', 'false');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(frame(page)).toHaveCSS('transition-duration', '0s');
});

test('a title that a program sets is short plain text', async ({ page, lab }) => {
  await lab.open();
  const tab = page.getByTestId('terminal-tab-1');
  await lab.type('1', "printf '\\e]0;<b>vim</b> notes\\a'\n");
  await expect(tab).toHaveAttribute('title', '<b>vim</b> notes');
  await lab.type('1', "printf '\\e]2;%05000d\\a' 0\n");
  await expect(tab).toHaveAttribute('title', `${'0'.repeat(79)}…`);
  await expect(tab).toHaveText('终端 1');
});

test('the end of a shell is told with its exit code, and another can be started', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.type('1', 'exit 3\n');
  await expect(page.getByTestId('shell-ended')).toContainText('退出码 3');
  // Nothing takes the Tab key any more.
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('reopen')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('shell-ended')).toHaveCount(0);
  await lab.prompt('1');
  await page.keyboard.type('echo again\n');
  await lab.shows('1', /\nagain\n/);
});

test.describe('on a touch screen', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the bar has the keys that are missing', async ({ page, lab }) => {
    await lab.open();
    const bar = page.getByRole('tabpanel').getByRole('toolbar', { name: '终端按键' });
    const press = (name: string) => bar.getByRole('button', { name, exact: true }).tap();
    await page.getByTestId('terminal-1').tap();
    await page.keyboard.type('echo a');
    for (const key of ['|', '~', '/', '-']) await press(key);
    await lab.shows('1', /echo a\|~\/-$/);
    await press('Ctrl');
    await page.keyboard.type('u');
    await lab.shows('1', /\$ $/);
    await page.keyboard.type('echo two words');
    await press('Alt');
    await page.keyboard.type('b');
    await press('←');
    await page.keyboard.type('X');
    await lab.shows('1', /echo twoX$/);
    await press('Ctrl');
    await press('^C');
    await lab.shows('1', /\^C[^\n]*\nlearner/);
    await page.keyboard.type('ls /proc/cpui');
    await press('Tab');
    await lab.shows('1', /ls \/proc\/cpuinfo $/);
    await press('Ctrl');
    await press('^C');
    await press('↑');
    await expect(bar.getByRole('button', { name: 'Ctrl' })).toHaveAttribute(
      'aria-pressed',
      'false',
    );
  });

  test('the page ends where the on-screen keyboard begins', async ({ page, lab }) => {
    await lab.open();
    await page.getByTestId('terminal-1').tap();
    const seen = await page.evaluate(() => {
      const { visualViewport } = window;
      if (!visualViewport) throw new Error('no visual viewport');
      Object.defineProperty(visualViewport, 'height', { value: 480 });
      visualViewport.dispatchEvent(new Event('resize'));
      return visualViewport.height;
    });
    const bar = page.getByRole('tabpanel').getByRole('toolbar', { name: '终端按键' });
    await expect
      .poll(async () => {
        const box = await bar.boundingBox();
        return box ? box.y + box.height : Number.POSITIVE_INFINITY;
      })
      .toBeLessThanOrEqual(seen);
    const terminal = await frame(page).boundingBox();
    const keys = await bar.boundingBox();
    expect((terminal?.y ?? 0) + (terminal?.height ?? 0)).toBeLessThanOrEqual(keys?.y ?? 0);
    expect(terminal?.height).toBeGreaterThan(200);
    expect(await lab.read('1', ({ rows }) => rows)).toBeGreaterThan(8);
  });

  test('a link is asked about', async ({ page, lab, context }) => {
    await context.route('https://example.org/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>there</title>' }),
    );
    await lab.open();
    await lab.type('1', 'clear; echo https://example.org/x\n');
    await lab.shows('1', /^https:/);
    const { x, y } = await lab.placeOf('https://example.org/x');
    await page.touchscreen.tap(x, y);
    await expect(page.getByRole('dialog')).toContainText('https://example.org/x');
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.getByTestId('link-confirm').tap(),
    ]);
    await expect(opened).toHaveURL('https://example.org/x');
    await opened.close();
  });
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`what lies over the terminal keeps nobody out: ${colorScheme}`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme });
    const violations = async () => {
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    await lab.open();
    await page.getByTestId('terminal-1').click();
    await page.keyboard.insertText('ls　-l');
    await expect(page.getByTestId('odd-notice')).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('learner');
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await lab.paste('one\ntwo\x1b　three\n');
    await expect(page.getByTestId('paste-dialog')).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    for (const theme of ['dark', 'light', 'contrast']) {
      await lab.pane.getByTestId('terminal-settings').click();
      await page.getByTestId('terminal-theme').selectOption(theme);
      expect(await violations()).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.type('exit 1\n');
    await expect(page.getByTestId('shell-ended')).toBeVisible();
    expect(await violations()).toEqual([]);
  });
