import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { Learner } from '../test/learner.ts';
import { openWorkshop } from '../test/staff.ts';

/** How a terminal of somebody else is shown: whether its letters can be read, all of it and its prompt can be seen. */
const shownIn = (page: Page) =>
  page.getByTestId('watched').evaluate((host) => {
    const screen = host.querySelector('.xterm-screen') as HTMLElement;
    const rows = host.querySelector('.xterm-rows') as HTMLElement;
    const edge = host.getBoundingClientRect();
    const prompt = [...rows.children]
      .findLast((row) => row.textContent?.includes('@lab-host'))
      ?.getBoundingClientRect();
    return {
      isLegible: Number.parseFloat(getComputedStyle(rows).fontSize) >= 11,
      isWhole: screen.clientWidth <= host.clientWidth && screen.clientHeight <= host.clientHeight,
      hasPrompt:
        prompt !== undefined &&
        [prompt.left >= edge.left, prompt.top >= edge.top, prompt.bottom <= edge.bottom].every(
          Boolean,
        ),
    };
  });

test('a terminal that is wider than its viewer’s pane can be read, follows the cursor, and is shown whole on a click', async ({
  visit,
  admin,
}) => {
  test.setTimeout(120_000);
  const staff = await visit({ locale: 'en', storageState: admin });
  const { code, path } = await openWorkshop(staff, 'Wide');
  const learner = new Learner(
    1,
    await visit({ locale: 'ja', viewport: { width: 2600, height: 1000 } }),
  );
  await learner.fillIn(code);
  await learner.join();
  await staff.goto(`${path}/board`);
  await staff.getByRole('button', { name: learner.name }).click();
  await staff.getByTestId('watch-1').click();
  await learner.lab.type('1', 'seq 200\n');
  await expect(staff.getByTestId('watched')).toContainText('200');
  await expect
    .poll(() => shownIn(staff))
    .toMatchObject({ isWhole: false, hasPrompt: true, isLegible: true });
  await staff.getByTestId('zoom').click();
  await expect.poll(() => shownIn(staff)).toMatchObject({ isWhole: true, hasPrompt: true });
  await staff.getByTestId('zoom').click();
  await expect.poll(() => shownIn(staff)).toMatchObject({ isWhole: false, hasPrompt: true });
  await learner.lab.closeMachine();
});
