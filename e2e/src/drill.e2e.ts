import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../test/fixtures.ts';

const step = '06-drill';
const report = 'drill.report';
const flow = ['drill.pid', 'drill.net', 'drill.files', 'drill.process'];
const seconds = (clock: string) => {
  const [minutes = 0, rest = 0] = clock.split(':').map(Number);
  return minutes * 60 + rest;
};

test('an incident has a clock and a flow, is looked back on, and can be had again', async ({
  page,
  lab,
}) => {
  test.setTimeout(150_000);
  await lab.open();
  await lab.openStep(step);
  const clock = page.getByTestId('drill-clock');
  await expect(clock).toHaveAttribute('data-running', 'true');
  await expect.poll(async () => seconds(await clock.innerText())).toBeGreaterThan(0);
  await lab.prompt('1');
  await lab.type('1', 'cat /no-such-place\n');
  for (const id of flow) {
    // One command may tick two.
    if ((await lab.check(id).getAttribute('data-status')) !== 'passed') await lab.solve(id);
    await expect(page.getByTestId(`flow-${id}`)).toHaveAttribute('data-state', 'done', {
      timeout: 20_000,
    });
  }

  await expect(page.getByTestId('debrief')).toHaveCount(0);
  const check = lab.check(report);
  await lab.solve(report);
  await expect(check.getByTestId('solve-end')).toHaveAttribute('data-end', 'done', {
    timeout: 30_000,
  });
  // Filled in, and sent by nobody but the learner.
  await expect(check.locator('input')).not.toHaveValue('');
  await expect(check.getByTestId('answer-given')).toHaveCount(0);
  await check.locator('button[type=submit]').click();
  await expect(clock).toHaveAttribute('data-running', 'false', { timeout: 20_000 });
  const debrief = page.getByTestId('debrief');
  await page.getByTestId('to-debrief').click();
  await expect(debrief).toBeFocused();
  await expect(debrief).toBeInViewport();
  await expect(debrief).toContainText(await clock.innerText());
  await expect(debrief.locator('[data-helped="false"]').first()).toContainText(
    'cat /no-such-place',
  );
  await expect(debrief.locator('.ticked').first()).toBeVisible();
  await page.reload();
  await expect(debrief.locator('[data-helped="false"]').first()).toContainText(
    'cat /no-such-place',
  );
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual(
    [],
  );

  await page.getByTestId('drill-again').click();
  await expect(clock).toHaveAttribute('data-running', 'true', { timeout: 20_000 });
  await expect(debrief).toHaveCount(0);
  await expect(page.getByTestId(`flow-${flow[0]}`)).toHaveAttribute('data-state', 'open');
  await expect(check.locator('input')).toHaveValue('');
});
