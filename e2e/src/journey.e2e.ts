import { join } from 'node:path';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';

const screenshot = join(import.meta.dirname, '../../docs/screenshot.png');

test.use({ expectedErrors: /WebSocket connection to .* failed|ERR_/ });

test('a learner opens a lab, makes a PID 1, sees the tick, loses the line and goes on', async ({
  page,
  lab,
  tatami,
}) => {
  await page.goto('/');
  await expect(page.getByTestId(`lab-card-${labId}`)).toContainText('unshare');
  await page.getByTestId(`lab-card-${labId}`).getByTestId('start-lab').click();
  await lab.prompt('1');
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'not-yet');
  await expect(lab.reason('quickstart.pid1')).not.toBeEmpty();

  await lab.type('1', 'sudo unshare --pid --fork --mount-proc /bin/bash\n');
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await lab.type('1', 'echo $$\n');
  await lab.shows('1', /# echo \$\$\n1\nroot@lab-host/);
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  await expect(lab.check('quickstart.pid1')).toContainText(/\d\d:\d\d 已证实/);

  await lab.openStep('01-unshare');
  await lab.type('1', 'exit\n');
  await lab.prompt('1');
  await lab.type('1', 'sudo unshare --pid --fork /bin/bash\n');
  await expect(lab.check('unshare.fork-no-proc')).toHaveAttribute('data-status', 'passed');
  await expect(lab.check('unshare.pid1')).toHaveAttribute('data-status', 'not-yet');
  await expect(lab.reason('unshare.pid1')).toContainText('/proc');
  if (process.env.UPDATE_SCREENSHOTS) await page.screenshot({ path: screenshot });

  await lab.type('1', 'n=0; while sleep 0.05; do echo tick $((n += 1)); done\n');
  await lab.shows('1', /tick 5\n/);
  tatami.wire.cut();
  await expect(lab.connection).toHaveAttribute('data-state', 'waiting');
  await expect(lab.connection).toContainText('连接中断');
  await expect(page.getByTestId('lost')).toContainText('中断');
  tatami.wire.mend();
  await expect(lab.connection).toHaveAttribute('data-state', 'live');
  await expect(page.getByTestId('lost')).toHaveCount(0);
  const before = Number((await lab.text('1')).match(/.*tick (\d+)\n/s)?.[1]);
  await expect
    .poll(async () => Number((await lab.text('1')).match(/.*tick (\d+)\n/s)?.[1]))
    .toBeGreaterThan(before + 5);
  await lab.type('1', '\u0003');
  await lab.shows('1', /\^C\n+root@lab-host/);
  // Not one line was lost or came twice.
  const ticks = [...(await lab.text('1')).matchAll(/^tick (\d+)$/gm)].map(([, n]) => Number(n));
  expect(ticks.length).toBeGreaterThan(20);
  expect(ticks).toEqual(ticks.map((_, index) => index + 1));
  await lab.type('1', 'echo $$\n');
  await lab.shows('1', /echo \$\$\n1\n/);
});
