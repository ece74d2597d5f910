import { join } from 'node:path';
import { loadLabs } from '@tatami/lab-format/loader';
import { expect, test } from '../test/fixtures.ts';
import { type LabPage, labId } from '../test/lab-page.ts';

const count = (text: string, part: string) => text.split(part).length - 1;

/** Has the solution of an item typed, and waits until it is met. */
async function solve(lab: LabPage, checkId: string): Promise<void> {
  await lab.solve(checkId);
  await expect(lab.check(checkId)).toHaveAttribute('data-status', 'passed', { timeout: 20_000 });
}

test('hints come one by one, and a solution is typed after asking and marks its item', async ({
  page,
  lab,
}) => {
  await lab.open();
  const check = lab.check('quickstart.pid1');
  await expect(check.getByTestId('hint-text')).toHaveCount(0);
  for (let level = 1; level <= 3; level++) {
    await expect(check.getByTestId('hint')).toContainText(`${level}/3`);
    await check.getByTestId('hint').click();
    await expect(check.getByTestId('hint-text')).toHaveCount(level);
  }
  await expect(check.getByTestId('hint')).toHaveCount(0);

  await check.getByTestId('solve').click();
  await check.getByRole('button', { name: '取消' }).click();
  await expect(check.getByTestId('assisted')).toHaveCount(0);
  expect(await lab.text('1')).not.toContain('unshare');
  await solve(lab, 'quickstart.pid1');
  await expect(check.getByTestId('assisted')).toBeVisible();
  await page.reload();
  await expect(check.getByTestId('assisted')).toBeVisible();

  // From inside another namespace it would mean something else.
  await lab.openStep('02-namespaces');
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await solve(lab, 'ns.mount');
  expect(await lab.text('1')).toMatch(/# exit\nexit\nlearner@lab-host:~\$ sudo unshare --mount/);
  await page.getByTestId('ability').click();
  await expect(page.getByTestId('ability-mount')).toHaveAttribute('data-standing', 'assisted');
  await expect(page.getByTestId('ability-uts')).toHaveAttribute('data-standing', 'open');
  await page.getByTestId('ability-nsenter-net').getByRole('button').click();
  await expect(page.getByTestId('step-nav-03-nsenter')).toHaveAttribute('aria-current', 'step');
});

test.describe('a solution that is interrupted', () => {
  test.use({ expectedErrors: /WebSocket connection to .* failed|ERR_/ });
  test('says where it stopped, and goes on without a line lost or typed twice', async ({
    lab,
    tatami,
  }) => {
    await lab.open();
    await lab.openStep('03-nsenter');
    const net = lab.check('nsenter.net');
    await lab.solve('nsenter.net');
    await lab.shows('1', /docker run/);
    tatami.wire.cut();
    await expect(net.getByTestId('solve-end')).toHaveAttribute('data-end', 'lost');
    await expect(net.getByTestId('solve-end')).toContainText('nsenter -t $PID');
    tatami.wire.mend();
    await expect(lab.connection).toHaveAttribute('data-state', 'live');
    await net.getByTestId('solve-go-on').click();
    await expect(net).toHaveAttribute('data-status', 'passed', { timeout: 20_000 });
    const typed = await lab.text('1');
    for (const line of ['$ docker run -d --name', '$ PID=', '$ sudo nsenter'])
      expect(count(typed, line)).toBe(1);

    const all = lab.check('nsenter.all');
    await lab.solve('nsenter.all');
    await all.getByTestId('solve-stop').click();
    await expect(all.getByTestId('solve-end')).toHaveAttribute('data-end', 'stopped');
    await all.getByTestId('solve-go-on').click();
    await expect(all).toHaveAttribute('data-status', 'passed', { timeout: 20_000 });
  });
});

test('a quiz opens after experiments, names the one that shows why, and asks anew', async ({
  page,
  lab,
}) => {
  const { labs } = await loadLabs(join(import.meta.dirname, '../../labs'));
  const pool = labs.find(({ id }) => id === labId)?.step('01-unshare')?.quiz?.pool ?? [];
  await lab.open();
  await lab.openStep('01-unshare');
  const quiz = lab.check('unshare.why');
  await expect(quiz.locator('.quiz li')).toHaveCount(2);
  await expect(quiz.getByRole('radio')).toHaveCount(0);
  await solve(lab, 'unshare.pid-no-fork');
  await expect(quiz.locator('.quiz li')).toHaveCount(1);
  await solve(lab, 'unshare.fork-no-proc');

  const questions = quiz.locator('fieldset');
  const answer = async (right: boolean): Promise<string[]> => {
    await expect(questions).toHaveCount(3);
    const asked: string[] = [];
    for (const question of await questions.all()) {
      const id = (await question.getAttribute('data-testid'))?.replace('question-', '') ?? '';
      const one = pool.find((candidate) => candidate.id === id);
      asked.push(id);
      await expect(quiz.getByTestId('quiz-send')).toBeDisabled();
      const wanted = one?.options.find((option) => (option === one.answer) === right) ?? '';
      await question
        .getByRole('radio')
        .nth(one?.options.indexOf(wanted) ?? 0)
        .press('Space');
    }
    await quiz.getByTestId('quiz-send').press('Enter');
    return asked;
  };
  const first = await answer(false);
  const experiments = quiz.locator('[data-testid^="experiment-"]');
  await expect(experiments).toHaveCount(3);
  const named = (await experiments.first().getAttribute('data-testid'))?.slice(
    'experiment-'.length,
  );
  await experiments.first().click();
  await expect(page.getByTestId(`command-${named}`)).toBeFocused();
  await expect(page.getByTestId(`command-${named}`)).toBeInViewport();
  const second = await answer(true);
  expect(second.filter((id) => first.includes(id))).toEqual([]);
  await expect(quiz).toHaveAttribute('data-status', 'passed');
  await expect(quiz.locator('.proof')).toHaveCount(1);
});

test('a step with unmet items is skipped in words and shape, and can be come back to', async ({
  page,
  lab,
}) => {
  await lab.open();
  await expect(page.getByTestId('step-state')).toHaveText('进行中');
  await page.getByTestId('step-skip').click();
  const skipped = page.getByTestId('step-nav-00-quickstart');
  await expect(skipped).toHaveAttribute('data-state', 'skipped');
  await expect(skipped).toHaveAccessibleName(/已跳过/);
  await skipped.click();
  await expect(page.getByTestId('step-state')).toHaveText('进行中');
  await lab.passQuickstart();
  await expect(page.getByTestId('step-state')).toHaveText('已完成');
  await expect(page.getByTestId('step-skip')).toHaveCount(0);
  await expect(page.getByTestId('step-next')).toBeVisible();
});
