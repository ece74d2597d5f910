import { expect, test } from '../test/fixtures.ts';

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

test('run types the command once, into the terminal that the block names', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.openStep('02-namespaces');
  await expect(page.getByTestId('terminal-tab-1')).toHaveAttribute('aria-selected', 'true');
  const first = page.locator('.command[data-terminal="2"]').first();
  const command = (await first.locator('pre').innerText()).trim();
  await first.locator('button').last().dblclick();
  await expect(page.getByTestId('terminal-tab-2')).toHaveAttribute('aria-selected', 'true');
  const start = command.split('\n')[0]?.slice(0, 30) ?? '';
  await expect.poll(async () => (await lab.text('2')).includes(`$ ${start}`)).toBe(true);
  await lab.prompt('2');
  expect((await lab.text('2')).split(`$ ${start}`)).toHaveLength(2);
  expect(await lab.text('1')).not.toContain(start);
  await page.keyboard.type('echo $((40 + 2))-typed\n');
  await lab.shows('2', /\n42-typed\n/);
});

test('run gives the keyboard to the terminal that it shows', async ({ page, lab }) => {
  await lab.open();
  await lab.openStep('02-namespaces');
  await page.locator('.command[data-terminal="2"]').first().locator('button').last().click();
  await lab.shows('2', /\$ .+\n[^\n]*\$ $/s);
  await page.keyboard.type('echo $((40 + 2))-typed\n');
  await lab.shows('2', /\n42-typed\n/);
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test('run brings the terminal out from under the map, with the keyboard', async ({
    page,
    lab,
  }) => {
    await lab.open();
    await page.getByTestId('map-tab').click();
    await expect(page.getByTestId('terminal-1')).toBeHidden();
    await page
      .getByRole('button', { name: /运行.*unshare/ })
      .first()
      .click();
    await expect(page.getByTestId('terminal-1')).toBeVisible();
    await lab.shows('1', /root@lab-host:[^\n]*# $/);
    await page.keyboard.type('echo $((40 + 2))-typed\n');
    await lab.shows('1', /\n42-typed\n/);
  });
});

test('run waits for a terminal that is still opening, and sends once', async ({ page, lab }) => {
  await page.goto('/labs/03-unshare-nsenter');
  await page.getByTestId('terminal-1').waitFor();
  await page
    .getByRole('button', { name: /运行.*unshare/ })
    .first()
    .click();
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  await lab.shows('1', /root@lab-host/);
  expect(count(await lab.text('1'), /sudo unshare --pid --fork/g)).toBe(1);
});

test.describe('without a connection', () => {
  test.use({ expectedErrors: /WebSocket connection to .* failed|ERR_/ });
  test('run sends nothing, says so, and sends nothing later', async ({ page, lab, tatami }) => {
    await lab.open();
    tatami.wire.cut();
    await expect(lab.connection).toHaveAttribute('data-state', 'waiting');
    await page
      .getByRole('button', { name: /运行.*unshare/ })
      .first()
      .click();
    await expect(page.getByText('未发送')).toBeVisible();
    tatami.wire.mend();
    await expect(lab.connection).toHaveAttribute('data-state', 'live');
    await lab.type('1', 'echo the-end\n');
    await lab.shows('1', /echo the-end\nthe-end\n/);
    expect(await lab.text('1')).not.toContain('unshare');
  });

  test('what goes wrong is said where it is seen, however far the text is scrolled', async ({
    page,
    lab,
    tatami,
  }) => {
    await lab.open();
    tatami.wire.cut();
    await expect(page.getByTestId('lost')).toBeInViewport();
    const next = page.locator('.step-ends button').last();
    await next.click();
    await expect(page.getByTestId('error')).toBeInViewport();
    await expect(next).toBeInViewport();
    tatami.wire.mend();
  });
});

test('copy puts the command on the clipboard', async ({ page, lab, context, tatami }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: tatami.url });
  await lab.open();
  await page
    .getByRole('button', { name: /^复制.*unshare --pid --fork --mount-proc/ })
    .first()
    .click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'sudo unshare --pid --fork --mount-proc /bin/bash',
  );
  // At the prompt: bash has bracketed paste on there, and turns it off for a program in its own time.
  await page.getByTestId('terminal-1').click();
  await page.keyboard.press('Control+v');
  await lab.shows('1', /^learner@lab-host:~\$ sudo unshare --pid --fork --mount-proc \/bin\/bash$/);
});

test('Chinese and Japanese are typed, pasted and composed', async ({ page, lab }) => {
  await lab.open();
  await lab.type('1', 'cat\n');
  await page.keyboard.insertText('你好，世界');
  await page.keyboard.press('Enter');
  await lab.shows('1', /你好，世界\n你好，世界\n/);
  const session = await page.context().newCDPSession(page);
  const compose = (text: string) =>
    session.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  for (const text of ['な', 'なまえ', '名前空間']) await compose(text);
  await session.send('Input.insertText', { text: '名前空間' });
  await page.keyboard.press('Enter');
  await lab.shows('1', /\n名前空間\n名前空間\n/);
  await page.keyboard.press('Control+d');
  await lab.type('1', 'tty; stty size\n');
  await lab.shows('1', /\/dev\/pts\/\d+\n\d+ \d+\n/);
});

test('a shell that has ended stays readable, and a new one follows below it', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.type('1', 'exit 3\n');
  await expect(lab.connection).toContainText('退出码 3');
  await page.reload();
  await expect(lab.connection).toContainText('退出码 3');
  await lab.shows('1', /exit 3\n/);
  await page.getByTestId('reopen').locator('visible=true').click();
  await lab.shows('1', /exit 3\n[\s\S]*learner@lab-host:~\$ $/);
  await lab.type('1', 'echo again\n');
  await lab.shows('1', /echo again\nagain\n/);
});

test('terminals are added as tabs and follow the size of the page', async ({ page, lab }) => {
  await lab.open();
  await page.getByTestId('add-terminal').click();
  await lab.prompt('3');
  const columns = async () => {
    await lab.type('3', 'stty size\n');
    await lab.shows('3', /stty size\n\d+ \d+\n[^\n]*\$ $/);
    return Number((await lab.text('3')).match(/.*\n\d+ (\d+)\n/s)?.[1]);
  };
  const wide = await columns();
  await page.setViewportSize({ width: 1000, height: 900 });
  await expect.poll(columns).toBeLessThan(wide);
});
