import type { Page } from 'puppeteer-core';
import { byTestId, chord, openFirefox, problemsOf } from '../test/firefox.ts';
import { expect, test } from '../test/fixtures.ts';
import { labId, type Terminals } from '../test/lab-page.ts';

/** The screen of terminal 1 down to the cursor, long lines joined. */
const screen = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const buffer = (window as unknown as Terminals).tatami?.terminals.get('1')?.buffer.active;
    if (!buffer) return '';
    let text = '';
    const last = buffer.baseY + buffer.cursorY;
    for (let y = 0; y <= last; y++) {
      const line = buffer.getLine(y);
      if (y > 0 && !line?.isWrapped) text += '\n';
      text += line?.translateToString(y < last && !buffer.getLine(y + 1)?.isWrapped) ?? '';
    }
    return text.trimEnd();
  });
const shows = (page: Page, pattern: RegExp) => expect.poll(() => screen(page)).toMatch(pattern);

test('Firefox: a learner opens a lab, passes a check, pastes, reloads and goes on', async ({
  tatami,
}) => {
  test.setTimeout(120_000);
  await using browser = await openFirefox('zh-CN');
  const page = await browser.newPage();
  const problems = problemsOf(page);
  const asked: string[] = [];
  page.on('dialog', (question) => {
    asked.push(question.type());
    void question.accept();
  });
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(tatami.url);
  await page.locator(`[data-testid="lab-card-${labId}"] [data-testid="start-lab"]`).click();
  await shows(page, /learner@lab-host:~\$$/);

  await byTestId(page, 'terminal-1').click();
  await page.keyboard.type('sudo unshare --pid --fork --mount-proc /bin/bash\n');
  await page.waitForSelector('[data-testid="check-quickstart.pid1"][data-status="passed"]');
  await page.keyboard.type('echo $$ 世界\n');
  await shows(page, /\n1 世界\n/);

  // Copied from the terminal, pasted by the browser's own key.
  await page.evaluate(() => {
    const terminal = (window as unknown as Terminals).tatami?.terminals.get('1');
    (terminal as unknown as { selectLines: (from: number, to: number) => void }).selectLines(0, 0);
  });
  await chord(page, ['Control'], 'c');
  await page.keyboard.type('# ');
  await chord(page, ['Control'], 'v');
  await shows(page, /# # learner@lab-host:~\$ sudo unshare/);
  expect(await screen(page)).not.toContain('^C');
  await chord(page, ['Control'], 'c');
  await shows(page, /\^C/);

  // Several lines ask first.
  await page.evaluate(() => navigator.clipboard.writeText('echo one\necho two\n'));
  await chord(page, ['Control'], 'v');
  await page.waitForSelector('[data-testid="paste-dialog"]');
  await byTestId(page, 'paste-confirm').click();
  await page.keyboard.press('Enter');
  await shows(page, /\none\ntwo\n/);

  // An odd character is noticed, search finds.
  await page.keyboard.type('ls　-d /');
  await byTestId(page, 'odd-convert').click();
  await shows(page, /# ls -d \/$/);
  await page.keyboard.press('Enter');
  await shows(page, /\n\/\nroot@/);
  await chord(page, ['Control', 'Shift'], 'F');
  await page.keyboard.type('unshare');
  await expect
    .poll(() => page.$eval('[data-testid="search-count"]', (count) => count.textContent))
    .toMatch(/^\d+\/\d+$/);
  await page.keyboard.press('Escape');

  await page.reload();
  expect(asked).toEqual(['beforeunload']);
  await shows(page, /\none\ntwo\n/);
  await page.waitForSelector('[data-testid="check-quickstart.pid1"][data-status="passed"]');
  await byTestId(page, 'terminal-1').click();
  await page.keyboard.type('echo $((6 * 7))\n');
  await shows(page, /\n42\n/);
  expect(problems).toEqual([]);
  await page.evaluate(
    (lab) => fetch(`/api/labs/${lab}/machine`, { method: 'DELETE' }).then(() => undefined),
    labId,
  );
});
