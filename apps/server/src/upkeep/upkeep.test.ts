import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unfinishedRestore, WorkshopMarks } from '@tatami/protocol';
import { expect, test } from 'vitest';
import {
  dataFolder,
  fillRecordings,
  recordingAt,
  settingsOf,
  startKeeping,
} from '../../test/kept-data.ts';
import { eventually, openBrowser } from '../../test/running-server.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { runUpkeep, startUpkeep } from '../../test/upkeep-process.ts';
import { verifyChain } from '../chain/evidence-chain.ts';
import { MarkStore } from '../marks/mark-store.ts';
import { openStore } from '../store/database.ts';

const timeout = 120_000;
const nowhere = '/nonexistent';

/** Settings for a command over a data folder whose runner is found in `runDir`. */
const at = (dataDir: string, runDir = nowhere) => [
  '--data',
  dataDir,
  '--run',
  runDir,
  '--owner',
  'root',
];

test('a backup in a storm of writes is of one moment, and what it restores goes on', {
  timeout,
}, async () => {
  await using from = await dataFolder();
  await using to = await dataFolder();
  const archive = join(to.dir, 'archive.tar');
  let told: { reason: string; beforeBackup: boolean }[] = [];
  let keeping: Awaited<ReturnType<typeof startKeeping>>;
  {
    await using running = await startKeeping(from.dir);
    keeping = running;
    const recording = recordingAt(from.dir, 'abcdef012345');
    await recording.begin();
    await recording.append(Buffer.from('$ '));
    const storm = writeAway(running, recording);
    await eventually('the storm is on', () => storm.told.length > 20, 20_000);
    storm.mark();
    const made = await runUpkeep('backup', archive, ...at(from.dir, running.runDir));
    expect(made).toMatchObject({ code: 0, err: '' });
    await eventually('the storm goes on', () => !storm.told.at(-1)?.beforeBackup, 20_000);
    told = await storm.stop();
  }
  expect((await stat(archive)).mode & 0o777).toBe(0o600);
  expect(await runUpkeep('restore', archive, '--check')).toMatchObject({ code: 0 });

  const dataDir = join(to.dir, 'data');
  expect(await runUpkeep('restore', archive, ...at(dataDir))).toMatchObject({ code: 0, err: '' });
  expect((await stat(join(dataDir, 'server'))).mode & 0o777).toBe(0o700);
  for (const name of await readdir(join(dataDir, 'server')))
    expect([name, (await stat(join(dataDir, 'server', name))).mode & 0o777]).toEqual([name, 0o600]);
  expect((await readdir(dataDir)).sort()).toEqual(['runner', 'server']);
  await expectOneMoment(dataDir, told);

  await using server = await startServerProcess(settingsOf(dataDir));
  const learner = await openBrowser(server.url, keeping.cookie);
  const { resumeCode, labs } = await learner.session();
  expect([resumeCode, labs[0]?.passed]).toEqual([keeping.resumeCode, 1]);
  const staff = await openBrowser(server.url, keeping.room.instructor.browser.cookie);
  const marks = WorkshopMarks.parse((await staff.call('GET', keeping.room.marksPath)).body);
  expect(marks).toMatchObject({ intact: true, learners: [{ learnerId: keeping.learnerId }] });
});

/** Changes a mark again and again, each acknowledged one, while a terminal prints. */
function writeAway(
  { room, learnerId }: Awaited<ReturnType<typeof startKeeping>>,
  recording: ReturnType<typeof recordingAt>,
) {
  const told: { reason: string; beforeBackup: boolean }[] = [];
  let isBefore = true;
  let isOver = false;
  const changes = async () => {
    await room.workshops.end(room.workshop.id);
    await room.settle();
    for (let n = 0; !isOver; n++) {
      const change = { itemId: 'two', earned: n % 5, reason: `change ${n}` };
      const path = `${room.marksPath}/${learnerId}/changes`;
      const { status } = await room.instructor.browser.call('POST', path, change);
      expect(status).toBe(200);
      told.push({ reason: change.reason, beforeBackup: isBefore });
    }
  };
  const output = async () => {
    for (let n = 0; !isOver; n++) await recording.append(Buffer.from(`line ${n}\r\n`));
  };
  const both = Promise.all([changes(), output()]);
  return {
    told,
    mark: () => {
      isBefore = false;
    },
    async stop() {
      isOver = true;
      await both;
      return told;
    },
  };
}

/** All that was told before is there, nothing is there without what came before it, and every digest is right. */
async function expectOneMoment(dataDir: string, told: { reason: string; beforeBackup: boolean }[]) {
  const store = await openStore(join(dataDir, 'server'));
  try {
    const rows = await store
      .selectFrom('mark_changes')
      .select(['personal', 'workshop_id'])
      .orderBy('chain_seq')
      .execute();
    const reasons = rows.map(({ personal }) => JSON.parse(personal ?? '{}').reason);
    const before = told.filter(({ beforeBackup }) => beforeBackup).length;
    expect(before).toBeGreaterThan(20);
    expect(reasons.length).toBeGreaterThanOrEqual(before);
    expect(reasons.length).toBeLessThan(told.length);
    expect(reasons).toEqual(told.slice(0, reasons.length).map(({ reason }) => reason));
    expect(await verifyChain(store)).toBeNull();
    expect(await new MarkStore(store).faulty(rows[0]?.workshop_id ?? '')).toEqual([]);
  } finally {
    await store.destroy();
  }
  const recording = recordingAt(dataDir, 'abcdef012345');
  const index = (await readFile(recording.idx, 'utf8')).split('\n').slice(1, -1);
  const spokenOf = index.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  expect(index.length).toBeGreaterThan(20);
  expect((await readFile(recording.bin)).length).toBeGreaterThanOrEqual(spokenOf);
}

test('a backup and a restore refuse what they would spoil, and leave it as it is', {
  timeout,
}, async () => {
  await using from = await dataFolder();
  await using to = await dataFolder();
  const archive = join(to.dir, 'archive.tar');
  {
    await using keeping = await startKeeping(from.dir);
    expect(await runUpkeep('backup', archive, ...at(to.dir))).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no database'),
    });
    await runUpkeep('backup', archive, ...at(from.dir, keeping.runDir));
    const whole = await readFile(archive);
    expect(await runUpkeep('backup', archive, ...at(from.dir))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is there already; --over replaces it\n$/),
    });
    expect(await readFile(archive)).toEqual(whole);
    // Into a folder: by a name of its own, and over a file when told.
    expect((await runUpkeep('backup', to.dir, ...at(from.dir))).out).toMatch(
      /tatami-\d{8}T\d{6}Z\.tar: /,
    );
    expect(await runUpkeep('backup', archive, '--over', ...at(from.dir))).toMatchObject({
      code: 0,
    });

    for (const runDir of [keeping.runDir, nowhere])
      expect(await runUpkeep('restore', archive, '--over', ...at(from.dir, runDir))).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^tatami: Tatami runs .*: stop it first\n$/),
      });
  }
  expect(await runUpkeep('restore', archive, ...at(from.dir))).toMatchObject({
    code: 2,
    err: expect.stringContaining('holds data already'),
  });
  const key = await readFile(join(from.dir, 'server/cookie.key'));
  await writeFile(join(from.dir, 'server/cookie.key'), 'another');
  const over = await runUpkeep('restore', archive, '--over', ...at(from.dir));
  expect(over).toMatchObject({ code: 0, err: '' });
  const [, kept = ''] = /what was there is in (\S+)/.exec(over.out) ?? [];
  expect(await readFile(join(kept, 'server/cookie.key'), 'utf8')).toBe('another');
  expect(await readFile(join(from.dir, 'server/cookie.key'))).toEqual(key);
  expect((await readdir(to.dir)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('kill -9 in the middle of a backup leaves no archive, and nothing after the next', {
  timeout,
}, async () => {
  await using from = await dataFolder();
  await using to = await dataFolder();
  {
    await using keeping = await startKeeping(from.dir);
    expect(keeping.resumeCode).not.toBe('');
  }
  await fillRecordings(from.dir, 8, 8 * 1024 * 1024);
  const archive = join(to.dir, 'archive.tar');
  const child = await startUpkeep(['backup', archive, ...at(from.dir)]);
  const begun = async () => (await readdir(to.dir)).some((name) => name.includes('unfinished'));
  await eventually('it is being written', begun, 30_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(archive)).toBe(false);
  expect(await runUpkeep('backup', archive, ...at(from.dir))).toMatchObject({ code: 0, err: '' });
  expect(await readdir(to.dir)).toEqual(['archive.tar']);
  expect((await readdir(join(from.dir, 'server'))).filter((name) => name.startsWith('.'))).toEqual(
    [],
  );
  // Stopped in words, it clears up itself.
  const stopped = await startUpkeep(['backup', archive, '--over', ...at(from.dir)]);
  await eventually('it is being written', begun, 30_000);
  stopped.kill('SIGTERM');
  expect(await once(stopped, 'exit')).toEqual([2, null]);
  expect(await readdir(to.dir)).toEqual(['archive.tar']);
});

test('kill -9 in the middle of a restore leaves nothing, or what the next one finishes', {
  timeout,
}, async () => {
  await using from = await dataFolder();
  await using to = await dataFolder();
  let cookie: string;
  {
    await using keeping = await startKeeping(from.dir);
    cookie = keeping.cookie;
  }
  await fillRecordings(from.dir, 8, 8 * 1024 * 1024);
  const archive = join(from.dir, 'archive.tar');
  expect(await runUpkeep('backup', archive, ...at(from.dir))).toMatchObject({ code: 0 });
  await chmod(to.dir, 0o755);
  const child = await startUpkeep(['restore', archive, ...at(to.dir)]);
  const begun = async () => (await readdir(to.dir)).length > 0;
  await eventually('it is being unpacked', begun, 30_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await readdir(to.dir)).filter((name) => !name.startsWith('.'))).toEqual([]);

  expect(await runUpkeep('restore', archive, ...at(to.dir))).toMatchObject({ code: 0, err: '' });
  expect((await readdir(to.dir)).sort()).toEqual(['runner', 'server']);
  // As if it had been killed between its two moves, with an older server's folder still in place.
  const half = join(to.dir, unfinishedRestore);
  await mkdir(half);
  await rename(join(to.dir, 'server'), join(half, 'server'));
  await cp(join(from.dir, 'server'), join(to.dir, 'server'), { recursive: true });
  await writeFile(join(to.dir, 'server/cookie.key'), 'older');
  const { createdAt } = JSON.parse(manifestOf(archive));
  await writeFile(
    join(half, 'plan.json'),
    JSON.stringify({ archive: 'archive.tar', createdAt, kept: 'before-restore-x' }),
  );
  await expect(startServerProcess(settingsOf(to.dir))).rejects.toThrow(/ended with 1/);

  expect(await runUpkeep('restore', archive, ...at(to.dir))).toMatchObject({
    code: 0,
    out: expect.stringContaining(join(to.dir, 'before-restore-x')),
  });
  expect((await readdir(to.dir)).sort()).toEqual(['before-restore-x', 'runner', 'server']);
  expect(await readFile(join(to.dir, 'before-restore-x/server/cookie.key'), 'utf8')).toBe('older');
  await using server = await startServerProcess(settingsOf(to.dir));
  const learner = await openBrowser(server.url, cookie);
  expect((await learner.session()).labs[0]?.passed).toBe(1);
});

/** The manifest's text, by the system's own tar. */
function manifestOf(archive: string): string {
  return execFileSync('tar', [
    '--extract',
    '--to-stdout',
    '--file',
    archive,
    'manifest.json',
  ]).toString();
}
