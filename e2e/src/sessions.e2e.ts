import { expect, test } from '../test/fixtures.ts';
import { LabPage, labId } from '../test/lab-page.ts';
import { startTatami } from '../test/running-tatami.ts';

test.use({ expectedErrors: /WebSocket connection to .* failed|ERR_|status of (404|50\d)/ });

test('the resume code brings another browser to the same machine, and the first is told', async ({
  page,
  lab,
  browser,
  tatami,
}) => {
  await page.goto('/');
  const code = await page.getByTestId('resume-code').innerText();
  await lab.open();
  await lab.type('1', 'echo one-$((1 + 1))\n');
  await lab.shows('1', /one-2\n/);

  const context = await browser.newContext({ baseURL: tatami.url, locale: 'zh-CN' });
  const second = await context.newPage();
  await second.goto('/');
  await second.getByTestId('resume-input').fill('0000-0000-0000-0000');
  await second.getByRole('button', { name: '恢复' }).click();
  await expect(second.getByTestId('error')).toContainText('1101');
  await second.getByTestId('resume-input').fill(code.toLowerCase());
  await second.getByRole('button', { name: '恢复' }).click();
  await expect(second.getByTestId('resume-code')).toHaveText(code);
  const other = new LabPage(second);
  await second.goto(`/labs/${labId}`);
  await other.shows('1', /one-2\n/);
  // The first window goes on showing everything, and takes the terminal when asked.
  await expect(page.getByTestId('viewer').locator('visible=true')).toBeVisible();
  await other.type('1', 'echo two-$((1 + 1))\n');
  await lab.shows('1', /two-2\n/);
  await page.getByTestId('use-here').locator('visible=true').click();
  await lab.type('1', 'echo three-$((1 + 2))\n');
  await other.shows('1', /three-3\n/);
  await expect(second.getByTestId('viewer').locator('visible=true')).toContainText('另一个窗口');
  await context.close();
});

test('resets ask first, keep what was proven, and give new shells', async ({ page, lab }) => {
  await lab.open();
  await lab.passQuickstart();
  await lab.type('1', 'touch /home/learner/kept\n');
  await page.getByTestId('reset-step').click();
  await page.getByRole('button', { name: '取消' }).click();
  await lab.type('1', 'ls\n');
  await lab.shows('1', /kept\n/);

  await page.getByTestId('reset-step').click();
  await page.getByTestId('confirm').click();
  await expect.poll(() => lab.text('1')).toMatch(/^learner@lab-host:~\$ $/);
  await lab.type('1', 'ls; pgrep -c unshare\n');
  await lab.shows('1', /kept\n0\n/);
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');

  await page.getByTestId('reset-machine').click();
  await page.getByTestId('confirm').click();
  await expect.poll(() => lab.text('1')).toMatch(/^learner@lab-host:~\$ $/);
  await lab.type('1', 'ls; echo end\n');
  await lab.shows('1', /ls; echo end\nend\n/);
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
});

test('the next day: what was proven, the old screen to read, and a new machine', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.passQuickstart();
  await lab.openStep('02-namespaces');
  await lab.closeMachine();
  await page.reload();
  await expect(page.getByTestId('machine-gone')).toContainText('按请求关闭');
  await expect(page.getByTestId('machine-gone')).toContainText('进度和最后的屏幕已保留');
  await expect(page.getByTestId('old-screen')).toContainText('sudo unshare --pid --fork');
  await page.getByTestId('old-screen').click();
  await page.keyboard.type('nothing');
  await expect(page.getByTestId('old-screen')).not.toContainText('nothing');
  await page.getByTestId('start-machine').click();
  await lab.prompt('1');
  await expect(page.getByTestId('step-nav-02-namespaces')).toHaveAttribute('aria-current', 'step');
  await expect(lab.check('ns.mount')).toHaveAttribute('data-status', 'not-yet');
  await lab.openStep('00-quickstart');
  await expect(lab.check('quickstart.pid1')).toContainText('已证实');
});

test('shells live on when the server is killed', async ({ page, lab, tatami }) => {
  await lab.open();
  await lab.type('1', 'here=42\n');
  process.kill(tatami.pidOf('server'), 'SIGKILL');
  await expect(lab.connection).toHaveAttribute('data-state', 'waiting');
  await expect(lab.connection).toHaveAttribute('data-state', 'live', { timeout: 20_000 });
  await lab.type('1', 'echo here is $here\n');
  await lab.shows('1', /here is 42\n/);
  await expect(page.getByTestId('lost')).toHaveCount(0);
});

test('a server that restarts says so, and not a byte of a shell that prints meanwhile is lost', async ({
  page,
  lab,
  tatami,
}) => {
  await lab.open();
  await lab.type('1', 'for n in $(seq 600); do echo "count $n"; sleep 0.01; done; here=42\n');
  await lab.shows('1', /count 20\n/);
  process.kill(tatami.pidOf('server'), 'SIGTERM');
  await expect(lab.connection).toHaveAttribute('data-state', 'restarting');
  await expect(lab.connection).toContainText('服务器正在重启，你的 shell 还在运行');
  await expect(page.getByTestId('lost')).toContainText('服务器正在重启');
  await expect(lab.connection).toHaveAttribute('data-state', 'live', { timeout: 20_000 });
  await expect(page.getByTestId('lost')).toHaveCount(0);
  await expect
    .poll(() => lab.text('1'), { timeout: 30_000 })
    .toMatch(/count 600\nlearner@lab-host:~\$ $/);
  const counts = [...(await lab.text('1')).matchAll(/^count (\d+)$/gm)].map(([, n]) => Number(n));
  expect(counts).toEqual(Array.from({ length: 600 }, (_, n) => n + 1));
  await lab.type('1', 'echo here is $here\n');
  await lab.shows('1', /here is 42\n/);
});

test('when all of it is stopped, learners are told that their machine has ended', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const own = await startTatami();
  const context = await browser.newContext({ baseURL: own.url, locale: 'ja' });
  try {
    const page = await context.newPage();
    const lab = new LabPage(page);
    await lab.open();
    await lab.passQuickstart();
    await own.stop();
    await expect(page.getByTestId('machine-gone')).toContainText('サービスの停止');
    await expect(page.getByTestId('lost')).toContainText('達成済みの項目はすべて保存されています');
    await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  } finally {
    await context.close();
    await own.stop();
  }
});

test('the map says that it is stale while the runner is gone', async ({ page, lab, tatami }) => {
  await lab.open();
  const wall = await page.context().newPage();
  await wall.goto(`/labs/${labId}/map`);
  await expect(wall.getByTestId('map-row').first()).toBeVisible();
  process.kill(tatami.pidOf('runner'), 'SIGKILL');
  await expect(wall.getByTestId('map-stale')).toContainText(/\d:\d\d:\d\d/, { timeout: 20_000 });
  await expect(wall.getByTestId('map-row').first()).toBeVisible();
  await wall.close();
  await expect(page.getByTestId('machine-gone')).toBeVisible({ timeout: 20_000 });
});

test('when the runner is killed, the end of the machine is told and nothing proven is lost', async ({
  page,
  lab,
  tatami,
}) => {
  await lab.open();
  await lab.passQuickstart();
  process.kill(tatami.pidOf('runner'), 'SIGKILL');
  await expect(page.getByTestId('machine-gone')).toContainText('服务关闭', { timeout: 20_000 });
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  await page.getByTestId('start-machine').click();
  await lab.prompt('1');
});

test('all seats taken, and time running out, are said in words', async ({ browser }) => {
  test.setTimeout(120_000);
  const small = await startTatami({ TATAMI_SEATS: '1', TATAMI_IDLE_MS: '70000' });
  try {
    const pages = [];
    for (let n = 0; n < 2; n++) {
      const context = await browser.newContext({ baseURL: small.url, locale: 'zh-CN' });
      pages.push(await context.newPage());
    }
    const [first, second] = pages as [(typeof pages)[0], (typeof pages)[0]];
    await new LabPage(first).open();
    await expect(first.getByTestId('warning')).toContainText('2 分钟后关闭');
    await second.goto(`/labs/${labId}`);
    await expect(second.getByTestId('error')).toContainText('1401');
    await expect(second.getByTestId('start-machine')).toBeEnabled();
    await new LabPage(first).closeMachine();
    await second.getByTestId('start-machine').click();
    await new LabPage(second).prompt('1');
    await expect(second.getByTestId('error')).toHaveCount(0);
  } finally {
    await small.stop();
  }
});
