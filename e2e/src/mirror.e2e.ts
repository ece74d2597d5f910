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

  const said = page.getByTestId('room-message');
  for (const n of [1, 2, 3, 4]) {
    await board.getByTestId('broadcast-text').fill(`News ${n}`);
    await board.getByTestId('broadcast').click();
    await expect(said).toHaveCount(n);
  }
  // The first to be said is the last, and out of view until one scrolls to it.
  await expect(said.last()).toContainText('News 1');
  const strip = await page.locator('.room-strip').boundingBox();
  expect(strip?.height).toBeLessThan(844 * 0.31);
  await said.last().scrollIntoViewIfNeeded();
  await expect(said.last()).toBeInViewport();
  await page.getByTestId('put-away').click();
  await expect(said).toHaveCount(0);

  await board.getByTestId('mirror-end').click();
  await expect(page.getByTestId('watched')).toHaveCount(0);
  for (const shown of [lab, own]) await shown.closeMachine();
});

test('staff who may type leave the terminal by Tab and are asked about a paste', async ({
  visit,
  admin,
}) => {
  const board = await visit({ locale: 'en', storageState: admin });
  const { code, path } = await openWorkshop(board, 'Typed with consent');
  const learner = new Learner(1, await visit({ locale: 'en' }));
  await learner.fillIn(code);
  await learner.join();
  await board.goto(`${path}/board`);
  await board.getByRole('button', { name: learner.name }).click();
  await board.getByTestId('watch-1').click();
  await board.getByTestId('ask-typing').click();
  await learner.page.getByTestId('typing-agree').click();
  await expect(board.getByRole('dialog')).toContainText('Ctrl+M: let Tab leave the terminal');
  const own = board.getByTestId('watched').locator('textarea');
  await own.focus();
  await board.keyboard.type('echo $((40 + 2))-typed\n');
  await learner.lab.shows('1', /\n42-typed\n/);

  const lines = 'echo one-pasted\necho two-pasted\n';
  const watched = new LabPage(board);
  const paste = board.getByTestId('paste-dialog');
  await watched.paste(lines);
  await expect(paste).toContainText('one-pasted');
  await board.keyboard.press('Escape');
  await expect(paste).toHaveCount(0);
  await watched.paste(lines);
  await board.getByTestId('paste-confirm').click();
  await learner.lab.shows('1', /\$ echo one-pasted\necho two-pasted\n?$/);
  await board.keyboard.press('Control+c');
  await learner.lab.prompt('1');

  await board.keyboard.press('Control+Shift+F');
  await board.getByTestId('search-field').fill('typed');
  await board.keyboard.press('Escape');
  await expect(board.getByTestId('search-field')).toHaveCount(0);
  await expect(own).toBeFocused();
  await board.keyboard.press('Control+m');
  await expect(board.getByRole('dialog')).toContainText('Tab leaves the terminal');
  await board.keyboard.press('Tab');
  await expect(own).not.toBeFocused();
  await expect(board.getByRole('dialog')).toBeVisible();
  await learner.lab.closeMachine();
});
