import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import { MarksExport } from '@tatami/protocol';
import ja from '../../apps/web/src/i18n/room.ja.ts';
import { expect, test } from '../test/fixtures.ts';
import { Learner, type Work, works } from '../test/learner.ts';
import { adminName, openWorkshop } from '../test/staff.ts';
import { verifyEvidence } from '../test/verify-evidence.ts';

const docs = join(import.meta.dirname, '../../docs');
const title = 'Namespaces by hand';
const languages = ['en', 'ja', 'zh-CN'];
/** The items in the order of the lesson's checklist, as far as they are worked on. */
const columns = ['pid', 'why', 'mount', 'uts'];

/** Points as they must come out: learners 7 and 8 get stuck first, 6 has the solution shown. */
const expected: { proves: Work[]; points: number }[] = [
  { proves: ['pid'], points: 10 },
  { proves: ['pid', 'mount'], points: 20 },
  { proves: ['pid', 'uts'], points: 20 },
  { proves: ['uts'], points: 10 },
  { proves: ['mount'], points: 10 },
  { proves: [], points: 5 },
  { proves: [], points: 0 },
  { proves: ['pid'], points: 10 },
];

/** Pictures for the docs, when they are asked for. */
const picture = async (page: Page, name: string) => {
  if (process.env.UPDATE_SCREENSHOTS === '1')
    await page.screenshot({ path: join(docs, `${name}.png`) });
};

const rowOf = (board: Page, { name }: Learner): Locator =>
  board.getByTestId('board-row').filter({ hasText: name });

const cellOf = (board: Page, learner: Learner, work: Work): Locator =>
  rowOf(board, learner).locator('td.item').nth(columns.indexOf(work)).locator('svg');

/** Proves one item after the other; the board shows each at once, nobody reloads it. */
async function workThrough(learner: Learner, proves: Work[], board: Page): Promise<void> {
  for (const work of proves) {
    await learner.prove(work);
    await expect(rowOf(board, learner).locator('.reason')).toBeEmpty();
    await expect(cellOf(board, learner, work)).toHaveAttribute('data-state', 'done', {
      timeout: 3_000,
    });
  }
}

/** Forgets --mount-proc, and stays there. */
async function getStuck({ lab }: Learner): Promise<void> {
  await lab.type('1', 'sudo unshare --pid --fork /bin/bash\n');
  await lab.shows('1', /root@lab-host:[^\n]*# $/);
  await expect(lab.reason('quickstart.pid1')).toContainText('/proc');
}

/** The room is told what two are stuck on; they get the explanation, each in their own language, and one goes on. */
async function explain(board: Page, [english, japanese]: [Learner, Learner], other: Learner) {
  await expect(board.getByTestId('room-alert')).toContainText('25 %', { timeout: 60_000 });
  // Whoever proved one item of a step is not stuck on the others.
  await expect(board.locator('[data-testid="board-row"][data-stuck="true"]')).toHaveCount(2);
  const reason = board.getByTestId('room-reason');
  await reason.locator('summary').click();
  await picture(board, 'workshop-board');
  await reason.getByTestId('push-explanation').click();
  const said = (learner: Learner) => learner.page.getByTestId('room-message');
  await expect(said(english)).toContainText('ps reads /proc.');
  await expect(said(japanese)).toContainText(String(ja['explain.reason.proc-not-own']));
  await expect(said(other)).toHaveCount(0);
  await reason.getByTestId('push-hint-all').first().click();
  for (const learner of [english, japanese, other])
    await expect(said(learner).first()).toContainText('ps');

  await japanese.lab.type('1', 'exit\n');
  await japanese.lab.prompt('1');
  const from = Date.now();
  await japanese.run(works.pid.lines[0]);
  await japanese.passes('quickstart.pid1');
  await expect(board.getByTestId('room-alert')).toHaveCount(0);
  // The same shell proves the item of the next step.
  await japanese.lab.openStep(works.pid.step);
  await japanese.look('pid', works.pid.check, from);
}

/** A hand is claimed and served. */
async function serveHand(board: Page, { page, name }: Learner): Promise<void> {
  const hand = board.getByTestId('hand');
  await expect(hand).toContainText(name);
  await expect(hand).toContainText('ps still shows everything');
  await hand.getByTestId('claim').click();
  await expect(page.getByTestId('hand-status')).toContainText(adminName);
  await hand.getByTestId('serve').click();
  await expect(page.getByTestId('raise-hand')).toBeVisible();
}

/** Looks at a learner's terminal: live, and the learner is told as long as it lasts and can read it later. */
async function watch(board: Page, learner: Learner): Promise<void> {
  const notice = learner.page.getByTestId('watched-notice');
  await rowOf(board, learner).getByRole('button', { name: learner.name }).click();
  await board.getByTestId('watch-1').click();
  await expect(notice).toContainText(adminName);
  await learner.lab.type('1', 'echo $((6 * 7))-seen\n');
  await expect(board.getByTestId('watched')).toContainText('42-seen');
  await board.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(notice).toHaveCount(0);
  await learner.page.getByTestId('own-log').click();
  await expect(learner.page.getByTestId('audit')).toContainText('looked at terminal 1');
  await learner.page.keyboard.press('Escape');
}

const read = async (download: Download): Promise<string> => readFile(await download.path(), 'utf8');

/** Writes a report of the lesson, and has the file checked by the command line. */
async function report({ page }: Learner, keyUrl: string): Promise<void> {
  await page.getByTestId('report-link').click();
  await page.getByTestId('report-title').fill('Drill: a namespace nobody had made');
  await page.getByTestId('report-cause').fill('The shell had no PID namespace of its own.');
  await expect(page.getByTestId('report-kept')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByTestId('report-html').click();
  const dir = await mkdtemp(join(tmpdir(), 'tatami-workshop-'));
  try {
    const path = join(dir, 'report.html');
    await (await download).saveAs(path);
    expect(await readFile(path, 'utf8')).toContain('no PID namespace of its own');
    const { code, out } = await verifyEvidence(path, '--key', keyUrl);
    expect(code).toBe(0);
    expect(out).toContain('genuine');
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Ends the workshop by hand. */
async function end(staff: Page): Promise<void> {
  await staff.getByRole('button', { name: 'End now' }).click();
  await staff.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
  await expect(staff.getByTestId('workshop-state')).toHaveText('ended');
}

/** The one page of what the room got wrong: what two were stuck on, with the time that both of them lost. */
async function sumUp(staff: Page, path: string): Promise<void> {
  await staff.goto(`${path}/summary`);
  const row = staff
    .getByTestId('summary')
    .locator('tbody tr')
    .filter({ hasText: 'ps reads /proc.' });
  await expect(row.locator('td').nth(2)).toHaveText('2');
  // Stuck is who stood there for half a minute, and both did.
  await expect(row.locator('td').nth(3)).toHaveText(/^[1-9]\d* min$/);
  await expect(staff.locator('.summary-figures')).toContainText(String(expected.length));
  await picture(staff, 'workshop-summary');
}

/** What the exports of the marks' page hold. */
async function takeAway(staff: Page, path: string) {
  await staff.goto(`${path}/marks`);
  const file = async (name: string): Promise<string> => {
    const download = staff.waitForEvent('download');
    await staff.getByTestId('exports').getByRole('link', { name, exact: true }).click();
    return read(await download);
  };
  return {
    json: MarksExport.parse(JSON.parse(await file('JSON with all evidence'))),
    moodle: await file('CSV for Moodle'),
    // No cell of it has a comma here.
    cells: (await file('CSV')).split('\r\n').map((line) => line.split(',')),
  };
}

/** Every proof in the export is what the learner's own terminal printed, from the time when it did. */
function compareEvidence(exported: MarksExport['learners'][number], { seen }: Learner): void {
  for (const { work, pid, namespaces, from, until } of seen) {
    const { check, kinds } = works[work];
    const evidence = exported.checks.find(({ checkId }) => checkId === check)?.evidence;
    const facts = Object.fromEntries(evidence?.facts.map(({ name, value }) => [name, value]) ?? []);
    expect(facts['pid-inside']).toBe(pid);
    // Only a PID namespace of its own gives a process another number than the machine does.
    expect(facts['pid-machine'] === pid).toBe(work !== 'pid');
    expect(kinds.map((kind) => facts[`ns-${kind}`])).toEqual(namespaces);
    const at = Date.parse(evidence?.at ?? '');
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThanOrEqual(until);
    const item = exported.mark.items.find(({ id }) => id === work);
    expect(item).toMatchObject({ state: 'met', earned: 10, provenAt: evidence?.at });
  }
}

// What fails says where, long before the whole room runs out of time.
test.use({ actionTimeout: 20_000 });

test('eight learners and an instructor go through a workshop, and the marks say what the kernel saw', async ({
  visit,
  tatami,
  admin,
}) => {
  test.setTimeout(240_000);
  const staff = await visit({ locale: 'en', storageState: admin });
  const { code, path } = await openWorkshop(staff, title, expected.length);
  const board = await visit({ locale: 'en', storageState: admin });
  await board.goto(`${path}/board`);

  const learners = await Promise.all(
    expected.map(async (_, index) => {
      const locale = languages[index % languages.length] ?? 'en';
      return new Learner(index + 1, await visit({ locale }));
    }),
  );
  const [first, , , fourth, , sixth, seventh, eighth] = learners as [
    ...[Learner, Learner, Learner, Learner],
    ...[Learner, Learner, Learner, Learner],
  ];
  await first.fillIn(code);
  await picture(first.page, 'workshop-join');
  await Promise.all(learners.slice(1).map((learner) => learner.fillIn(code)));
  await Promise.all(learners.map((learner) => learner.join()));
  await board.getByTestId('board-sort').selectOption('name');
  await expect(board.getByTestId('board-row').getByRole('button')).toHaveText(
    learners.map(({ name }) => name),
  );

  await Promise.all([getStuck(seventh), getStuck(eighth)]);
  await seventh.page.locator('.hand-form input').fill('ps still shows everything');
  await seventh.page.getByTestId('raise-hand').click();
  const solve = async () => {
    await sixth.lab.openStep(works.pid.step);
    await sixth.lab.solve(works.pid.check);
    await sixth.passes(works.pid.check);
    await expect(cellOf(board, sixth, 'pid')).toHaveAttribute('data-state', 'assisted');
  };
  await Promise.all([
    solve(),
    ...learners
      .slice(0, 5)
      .map((learner, index) => workThrough(learner, expected[index]?.proves ?? [], board)),
  ]);
  await explain(board, [seventh, eighth], first);
  await serveHand(board, seventh);
  await board.getByTestId('broadcast-text').fill('Ten minutes to go.');
  await board.getByTestId('broadcast').click();
  for (const { page } of learners)
    await expect(page.getByTestId('room-message').first()).toContainText('Ten minutes to go.');
  await watch(board, fourth);
  await report(first, `${tatami.url}/api/evidence/key`);
  await end(staff);
  await sumUp(staff, path);

  const { json, moodle, cells } = await takeAway(staff, path);
  const percent = learners.map(({ name, number }, index) =>
    [number, name, expected[index]?.points].join(','),
  );
  const [header, ...inOrderOfJoining] = moodle.trimEnd().split('\r\n');
  expect(header).toBe(`ID number,Full name,${title}`);
  expect(inOrderOfJoining.sort()).toEqual(percent);
  expect(json.learners).toHaveLength(learners.length);
  for (const [index, learner] of learners.entries()) {
    const exported = json.learners.find(({ number }) => number === learner.number);
    if (!exported) throw new Error(`${learner.name} is not in the export`);
    expect(learner.seen.map(({ work }) => work)).toEqual(expected[index]?.proves);
    compareEvidence(exported, learner);
    const { earned, possible, passed } = exported.mark;
    expect({ earned, possible, passed }).toEqual({
      ...{ earned: expected[index]?.points, possible: 100, passed: false },
    });
    const assisted = exported.checks.filter(({ assistedAt }) => assistedAt !== null);
    expect(assisted.map(({ checkId }) => checkId)).toEqual(
      learner === sixth ? [works.pid.check] : [],
    );
    const row = cells.find(([number]) => number === learner.number);
    const inTable = exported.mark.items.flatMap(({ earned, state, provenAt }) => [
      ...[String(earned), state, provenAt ?? ''],
    ]);
    expect(row?.slice(8, 8 + inTable.length)).toEqual(inTable);
  }
  for (const { lab } of learners) await lab.closeMachine();
});
