import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../test/fixtures.ts';
import { LabPage, labId } from '../test/lab-page.ts';
import { launcher, type RunningTatami, startTatami } from '../test/running-tatami.ts';

test.use({ expectedErrors: /WebSocket connection to .* failed|ERR_|status of (404|50\d)/ });

const run = promisify(execFile);
const command = (args: string[], { data, run: sockets }: RunningTatami['folders']) =>
  run(process.execPath, [launcher, ...args, '--data', data, '--run', sockets]);

test('what is backed up while it runs is there on another host: sign-in, progress, recordings', async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const dir = await mkdtemp(join(tmpdir(), 'tatami-upkeep-'));
  // The server's user passes through it.
  await chmod(dir, 0o755);
  const archive = join(dir, 'today.tar');
  const folders = { data: join(dir, 'data'), run: join(dir, 'run') };
  const context = await browser.newContext({ locale: 'en' });
  let running = await startTatami();
  try {
    const page = await context.newPage();
    const lab = new LabPage(page);
    await page.goto(`${running.url}/labs/${labId}`);
    await lab.prompt('1');
    await lab.passQuickstart();
    await lab.type('1', 'echo kept-$((40 + 2))\n');
    await lab.shows('1', /kept-42\n/);
    // Shown a moment ago, it is in the recording.
    await command(['backup', archive], running.folders);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    const refused = command(['restore', archive, '--over'], running.folders);
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Tatami runs .*: stop it first/),
    });
    await running.stop();

    await command(['restore', archive], folders);
    const { stdout: uid } = await run('id', ['-u', 'tatami']);
    const server = join(folders.data, 'server');
    expect(statSync(server)).toMatchObject({ uid: Number(uid), mode: 0o40700 });
    for (const name of readdirSync(server))
      expect(statSync(join(server, name))).toMatchObject({ uid: Number(uid), mode: 0o100600 });
    expect(statSync(join(folders.data, 'runner'))).toMatchObject({ uid: 0, mode: 0o40700 });

    running = await startTatami({}, { data: folders.data });
    await page.goto(`${running.url}/labs/${labId}`);
    await expect(lab.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
    await expect(page.getByTestId('machine-gone')).toContainText('The machine ended');
    await expect(page.getByTestId('old-screen')).toContainText('kept-42');
    await page.getByTestId('start-machine').click();
    await lab.prompt('1');
  } finally {
    await context.close();
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
