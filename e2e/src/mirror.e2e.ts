import { expect, test } from '../test/fixtures.ts';
import { LabPage, labId } from '../test/lab-page.ts';
import { Learner } from '../test/learner.ts';
import { adminName, openWorkshop } from '../test/staff.ts';

test('the instructor’s terminal is shown to all, and its line runs in one’s own, on a telephone too', async ({
  visit,
  admin,
}) => {
  test.setTimeout(120_000);
  const staff = await visit({ locale: 'en', storageState: admin });
  const { code, path } = await openWorkshop(staff, 'Shown to all');
  const learner = new Learner(
    1,
    await visit({ locale: 'ja', viewport: { width: 390, height: 844 } }),
  );
  await learner.fillIn(code);
  await learner.join();

  const own = new LabPage(await staff.context().newPage());
  await own.page.goto(`/labs/${labId}`);
  await own.prompt('1');
  const board = await staff.context().newPage();
  await board.goto(`${path}/board`);
  await board.getByTestId('mirror').click();
  await own.type('1', 'echo $((40 + 2))-shown\n');

  const { page, lab } = learner;
  await expect(page.getByText(`${adminName} のターミナル 1`).first()).toBeVisible();
  await expect(page.getByTestId('watched')).toContainText('42-shown');
  await page.getByTestId('run-mine').click();
  await lab.shows('1', /\n42-shown\n/);
  await page.getByTestId('terminal-1').scrollIntoViewIfNeeded();
  const box = await page.getByTestId('terminal-1').boundingBox();
  expect(box?.height).toBeGreaterThan(100);
  await lab.type('1', 'echo $((50 + 3))-own\n');
  await lab.shows('1', /\n53-own\n/);

  await board.getByTestId('mirror-end').click();
  await expect(page.getByTestId('watched')).toHaveCount(0);
  for (const shown of [lab, own]) await shown.closeMachine();
});
