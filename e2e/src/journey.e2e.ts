import { join } from 'node:path';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';

const screenshot = join(import.meta.dirname, '../../docs/screenshot.png');

// What Chromium says of a line that is cut.
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
  await expect(lab.reason('quickstart.pid1')).toContainText('还没有新的 Namespace');

  await lab.type('1', 'sudo unshare --pid --fork --mount-proc /bin/bash\n');
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await lab.type('1', 'echo $$\n');
  await lab.shows('1', /# echo \$\$\n1\nroot@lab-host/);
  await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  await expect(lab.check('quickstart.pid1')).toContainText(/\d\d:\d\d 已证实/);

  await lab.type('1', 'exit\n');
  await lab.prompt('1');
  await lab.openStep('01-unshare');
  await lab.type('1', 'sudo unshare --pid --fork /bin/bash\n');
  await expect(lab.check('unshare.fork-no-proc')).toHaveAttribute('data-status', 'passed');
  await expect(lab.check('unshare.pid1')).toHaveAttribute('data-status', 'not-yet');
  await expect(lab.reason('unshare.pid1')).toContainText('/proc');
  if (process.env.UPDATE_SCREENSHOTS === '1') await page.screenshot({ path: screenshot });

  await lab.type('1', 'for n in $(seq 120); do echo tick $n; sleep 0.05; done\n');
  await lab.shows('1', /tick 5\n/);
  tatami.wire.cut();
  await expect(lab.connection).toHaveAttribute('data-state', 'waiting');
  await expect(lab.connection).toContainText('连接中断');
  await expect(page.getByTestId('lost')).toContainText('中断');
  tatami.wire.mend();
  await expect(lab.connection).toHaveAttribute('data-state', 'live');
  await expect(page.getByTestId('lost')).toHaveCount(0);
  await lab.shows('1', /tick 120\nroot@lab-host[^\n]*# $/);
  // Not one line was lost or came twice.
  const ticks = [...(await lab.text('1')).matchAll(/^tick (\d+)$/gm)].map(([, n]) => Number(n));
  expect(ticks).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  await lab.type('1', 'echo $$\n');
  await lab.shows('1', /echo \$\$\n1\n/);
});
