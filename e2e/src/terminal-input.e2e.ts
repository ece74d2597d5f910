import type { CDPSession, Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { LabPage, labId } from '../test/lab-page.ts';
import { startTatami, workshopHost } from '../test/running-tatami.ts';

const dialog = (page: Page) => page.getByTestId('paste-dialog');

/** Selects the word at a text of terminal 1. */
async function select(page: Page, lab: LabPage, word: string): Promise<void> {
  const { x, y } = await lab.placeOf(word);
  await page.mouse.dblclick(x, y);
}

test.describe('copy and paste', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
  const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  test('Ctrl+C copies a selection, and interrupts without one', async ({ page, lab }) => {
    await lab.open();
    await lab.type('1', 'echo precious; sleep 100\n');
    await lab.shows('1', /\nprecious\n/);
    await select(page, lab, 'precious');
    await page.keyboard.press('Control+c');
    await expect.poll(() => clipboard(page)).toBe('precious');
    expect(await lab.text('1')).not.toContain('^C');
    await page.keyboard.press('Control+c');
    await lab.shows('1', /\^C\nlearner/);
    expect(await clipboard(page)).toBe('precious');
    // With nothing to copy, nothing is copied and nothing interrupted.
    await page.keyboard.type('sleep 100\n');
    await page.keyboard.press('Control+Shift+C');
    await page.keyboard.press('Control+Shift+C');
    expect(await clipboard(page)).toBe('precious');
    expect((await lab.text('1')).match(/\^C/g)).toHaveLength(1);
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+v');
    await lab.shows('1', /\$ precious$/);
  });
});

test('several lines ask first, once if so wished, and say when nothing runs by itself', async ({
  page,
  lab,
}) => {
  await lab.open();
  await page.getByTestId('terminal-1').click();
  await lab.paste('echo one\necho two\n');
  await expect(dialog(page)).toContainText('共 2 行');
  await expect(dialog(page)).toContainText('按 Enter 之前什么都不会运行');
  await expect(dialog(page).getByRole('listitem')).toHaveText(['echo one', 'echo two']);
  await page.getByTestId('paste-cancel').click();
  await page.keyboard.type('echo still""here\n');
  await lab.shows('1', /\nstillhere\n/);
  expect(await lab.text('1')).not.toContain('one');

  await lab.paste('echo one\necho two\n');
  await page.getByTestId('paste-confirm').click();
  await lab.shows('1', /echo two\n?$/);
  expect(await lab.text('1')).not.toMatch(/\none\n/);
  await page.keyboard.press('Enter');
  await lab.shows('1', /\none\ntwo\n/);

  // A program that knows no bracketed paste gets each line at once.
  await page.keyboard.type("printf '\\e[?2004l'; cat > /tmp/kept\n");
  await expect.poll(() => lab.read('1', ({ modes }) => modes.bracketedPasteMode)).toBe(false);
  await lab.paste('a\nb\n');
  await expect(dialog(page)).toContainText('每一行都会立即执行');
  await dialog(page).getByLabel('此终端粘贴多行时不再询问').check();
  await page.getByTestId('paste-confirm').click();
  await lab.paste('c\nd\n');
  await expect(dialog(page)).toHaveCount(0);
  await page.keyboard.press('Control+d');
  await page.keyboard.type('clear; tr -d "\\n" < /tmp/kept; echo\n');
  await lab.shows('1', /^abcd\n/);
});

test('control characters are taken out of a paste and shown', async ({ page, lab }) => {
  await lab.open();
  await page.getByTestId('terminal-1').click();
  await lab.paste('echo safe\x1b[201~\recho evil\x03\u202e');
  await expect(dialog(page)).toContainText('已去掉 3 个控制字符');
  await expect(dialog(page).locator('mark')).toHaveText(['^[', '^C', 'U+202E']);
  await page.getByTestId('paste-confirm').click();
  await lab.shows('1', /echo safe\[201~\necho evil$/);
  // The shell still takes it for one paste.
  expect(await lab.text('1')).not.toMatch(/\nsafe/);
  await page.keyboard.press('Control+c');
});

test('a paste that is too large is told', async ({ page, lab }) => {
  await lab.open();
  await page.getByTestId('terminal-1').click();
  await lab.paste('x'.repeat(1024 * 1024 + 1));
  await expect(page.getByTestId('terminal-note')).toContainText('1 MiB');
  await lab.paste('y'.repeat(3000));
  await lab.shows('1', /y{500}/);
  await expect(page.getByTestId('terminal-note')).toBeEmpty();
  await page.keyboard.press('Control+c');
});

test.describe('on a page without the clipboard', () => {
  test('copy and paste work on a plain http address', async ({ browser }) => {
    test.setTimeout(120_000);
    const tatami = await startTatami({}, { host: workshopHost });
    try {
      const context = await browser.newContext({ baseURL: tatami.url, locale: 'zh-CN' });
      const page = await context.newPage();
      const lab = new LabPage(page);
      await lab.open();
      expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([
        false,
        false,
      ]);
      await lab.type('1', 'clear; echo precious\n');
      await lab.shows('1', /^precious\n/);
      await select(page, lab, 'precious');
      await page.keyboard.press('Control+c');
      await page.keyboard.type('echo ');
      await page.keyboard.press('Control+v');
      await lab.shows('1', /\$ echo precious$/);
      await page.keyboard.press('Control+Shift+V');
      await lab.shows('1', /\$ echo preciousprecious$/);
      // The lesson's copy button, and a paste by the button of the touch keys.
      await page.keyboard.press('Control+c');
      await page.locator('[data-testid^="copy-"]').first().click();
      await expect(page.getByText('已复制')).toBeVisible();
      await page.setViewportSize({ width: 390, height: 844 });
      await lab.pane.getByRole('button', { name: '粘贴' }).click();
      await expect(page.getByTestId('paste-by-hand')).toBeVisible();
      await page.keyboard.press('Control+v');
      await page.getByTestId('paste-by-hand').getByRole('button', { name: '粘贴' }).click();
      await lab.shows('1', /\$ sudo unshare --pid/);
      await lab.closeMachine();
      await context.close();
    } finally {
      await tatami.stop();
    }
  });
});

test.describe('input methods', () => {
  /** Composes as an input method does: what is being typed, then what was chosen. */
  async function compose(cdp: CDPSession, steps: string[], chosen: string): Promise<void> {
    for (const text of steps)
      await cdp.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await cdp.send('Input.insertText', { text: chosen });
  }

  test('Chinese and Japanese come through once, in order, composed at the cursor', async ({
    page,
    lab,
  }) => {
    await lab.open();
    const cdp = await page.context().newCDPSession(page);
    await page.getByTestId('terminal-1').click();
    await page.keyboard.type('echo ');
    await lab.shows('1', /echo $/);
    await cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 });
    const composed = page.getByTestId('terminal-1').locator('.composition-view');
    await expect(composed).toHaveText('ni');
    // Nothing is sent of what is only being composed.
    await lab.shows('1', /echo $/);
    // The window of candidates opens at the text field: it must be where the cursor is.
    const cursor = await lab.placeOf('echo ');
    const field = await page.getByTestId('terminal-1').locator('textarea').boundingBox();
    const view = await composed.boundingBox();
    for (const box of [field, view]) {
      expect(Math.abs((box?.y ?? 0) + (box?.height ?? 0) / 2 - cursor.y)).toBeLessThan(12);
      expect((box?.x ?? 0) - cursor.x).toBeGreaterThan(0);
      expect((box?.x ?? 0) - cursor.x).toBeLessThan(60);
    }
    await compose(cdp, ['ni', 'nihao'], '你好');
    await compose(cdp, ['に', 'にほ', 'にほん', 'にほんご'], '日本語');
    await page.keyboard.type('ok');
    await compose(cdp, ['shi', 'shijie'], '世界');
    await page.keyboard.type(' > /tmp/words; cat /tmp/words\n');
    await lab.shows('1', /\n你好日本語ok世界\nlearner/);
  });

  test('keys that an input method has are not ours', async ({ page, lab }) => {
    await lab.open();
    const cdp = await page.context().newCDPSession(page);
    await page.getByTestId('terminal-1').click();
    await cdp.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
    for (const key of ['Enter', 'Tab', 'm'])
      await cdp.send('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        windowsVirtualKeyCode: 229,
        key,
        modifiers: key === 'm' ? 2 : 0,
      });
    await expect(page.getByText('Tab 会离开终端')).toHaveCount(0);
    await cdp.send('Input.insertText', { text: '火' });
    await lab.shows('1', /\$ 火$/);
  });
});

test('odd characters in a command are noticed before it is sent, and converted only when wished', async ({
  page,
  lab,
}) => {
  await lab.open();
  const notice = page.getByTestId('odd-notice');
  await page.getByTestId('terminal-1').click();
  await page.keyboard.insertText('echo　“ａ－b”');
  await expect(notice).toContainText('尚未发送');
  await expect(notice).toContainText('全角空格、弯引号、全角字母或数字和不是连字符的横线');
  // It does not cover the line.
  const line = await lab.placeOf('echo');
  const box = await notice.boundingBox();
  const halfLine = 8;
  expect(
    line.y + halfLine < (box?.y ?? 0) || line.y - halfLine > (box?.y ?? 0) + (box?.height ?? 0),
  ).toBe(true);
  await lab.shows('1', /\$ echo　“ａ－b”$/);
  await page.getByTestId('odd-convert').click();
  await expect(notice).toHaveCount(0);
  await lab.shows('1', /\$ echo "a-b"$/);
  await page.keyboard.press('Enter');
  await lab.shows('1', /\na-b\n/);

  // By the keyboard alone, in the middle of a line, in a shell as root.
  await page.keyboard.type('sudo bash\n');
  await lab.shows('1', /root@lab-host[^\n]*# $/);
  await page.keyboard.insertText('printf ￥HOME￥n');
  await page.keyboard.press('ArrowLeft');
  await expect(notice).toContainText('printf $HOME$n');
  await page.keyboard.press('Control+Shift+Enter');
  await lab.shows('1', /# printf \$HOME\$n$/);
  await page.keyboard.press('Control+c');

  // Left as it is, it is sent as it is.
  await page.keyboard.insertText('echo　1');
  await page.getByTestId('odd-leave').click();
  await expect(notice).toHaveCount(0);
  await page.keyboard.press('Enter');
  await lab.shows('1', /echo　1: command not found/);

  // What is meant is not talked about, nor what a program asks for.
  await page.keyboard.insertText('echo "全角　です"');
  await lab.shows('1', /です"$/);
  await page.keyboard.press('Enter');
  await page.keyboard.type('cat\n');
  await page.keyboard.insertText('ｃａｔ　１');
  await lab.shows('1', /ｃａｔ　１$/);
  await expect(notice).toHaveCount(0);
  await page.keyboard.press('Control+c');
});

test('fast typing arrives whole and in order', async ({ page, lab }) => {
  await lab.open();
  const text = Array.from({ length: 60 }, (_, n) => `${n}é世`).join('.');
  await lab.type('1', 'stty -echo; cat > /tmp/typed\n');
  await page.keyboard.type(`${text}\n`);
  await page.keyboard.press('Control+d');
  await page.keyboard.type('stty echo; clear; tr -d "\\n" < /tmp/typed; echo " end"\n');
  await lab.shows('1', / end\n/);
  expect((await lab.text('1')).replaceAll('\n', '')).toContain(`${text} end`);
});

test.describe('keys that browsers keep', () => {
  test('leaving asks while somebody types or something runs, and not otherwise', async ({
    page,
    lab,
  }) => {
    await lab.open();
    await lab.prompt('2').catch(() => undefined);
    const asked: string[] = [];
    page.on('dialog', (question) => {
      asked.push(question.type());
      void question.accept();
    });
    await lab.type('1', 'echo hi\n');
    await lab.shows('1', /\nhi\n/);
    await page.reload();
    expect(asked).toEqual(['beforeunload']);
    await lab.prompt('1');
    await lab.shows('1', /\nhi\n/);
    await page.getByTestId('terminal-tab-2').click();
    await lab.prompt('2');
    await page.getByTestId('terminal-tab-1').click();
    // At both prompts, and the keyboard elsewhere.
    await page.locator('.lesson-text').click({ position: { x: 5, y: 5 } });
    await page.reload();
    expect(asked).toHaveLength(1);
    await lab.prompt('1');
    await lab.type('1', 'sleep 100\n');
    await lab.shows('1', /sleep 100\n$/);
    await page.locator('.lesson-text').click({ position: { x: 5, y: 5 } });
    await page.reload();
    expect(asked).toHaveLength(2);
    await lab.type('1', '\x03');
  });

  test('in full screen all keys are the shell’s', async ({ page, lab }) => {
    await page.addInitScript(() => {
      const calls: string[] = [];
      Object.assign(window, { calls });
      const { keyboard } = navigator as Navigator & {
        keyboard: { lock: () => Promise<void>; unlock: () => void };
      };
      const lock = keyboard.lock.bind(keyboard);
      keyboard.lock = () => lock().then(() => void calls.push('locked'));
      keyboard.unlock = () => void calls.push('unlocked');
    });
    await lab.open();
    await lab.pane.getByTestId('full-screen').click();
    const calls = () => page.evaluate(() => (window as unknown as { calls: string[] }).calls);
    await expect.poll(calls).toEqual(['locked']);
    expect(await page.evaluate(() => document.fullscreenElement?.className)).toBe('terminals');
    // The keyboard is in the terminal.
    await page.keyboard.type('echo two words');
    await page.keyboard.press('Control+w');
    await lab.shows('1', /echo two $/);
    await lab.pane.getByTestId('full-screen').click();
    await expect.poll(calls).toEqual(['locked', 'unlocked']);
    expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();
  });
});

test.describe('on a Mac', () => {
  test('Cmd edits, clears and searches, and Option is Meta if wished', async ({ page, lab }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'platform', { value: 'MacIntel' });
    });
    await lab.open();
    await lab.type('1', 'echo one two');
    await page.keyboard.press('Meta+Backspace');
    await lab.shows('1', /\$ $/);
    await page.keyboard.type('echo one\n');
    await lab.shows('1', /\none\n/);
    await page.keyboard.press('Meta+k');
    await lab.shows('1', /^learner@lab-host:~\$ $/);
    await page.keyboard.type('echo a b');
    await page.keyboard.press('Meta+ArrowLeft');
    await page.keyboard.type('X');
    await lab.shows('1', /\$ X$/);
    await page.keyboard.press('Meta+ArrowRight');
    await page.keyboard.type('Y');
    await lab.shows('1', /\$ Xecho a bY$/);
    await lab.pane.getByTestId('terminal-settings').click();
    await lab.pane.getByLabel('把 Option 键用作 Meta').check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+b');
    await page.keyboard.type('Z');
    await lab.shows('1', /\$ Xecho a Z$/);
    await page.keyboard.press('Meta+f');
    await expect(page.getByTestId('search-field')).toBeFocused();
    expect(await page.evaluate(() => location.pathname)).toBe(`/labs/${labId}`);
  });
});
