import { readdir, readFile } from 'node:fs/promises';
import { CheckSpec, type MapPicture } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { run } from '../test/lesson-machine.ts';
import { MapClient } from '../test/map-client.ts';
import { withNothingLeft } from '../test/nothing-left.ts';
import { startRunner } from '../test/running-runner.ts';

const prompt = /[$#] $/;

withNothingLeft();

const at = (picture: MapPicture, terminal: string) =>
  picture.processes.find(({ terminals }) => terminals.includes(terminal));
const isInside = (picture: MapPicture) => (at(picture, '1')?.pids.length ?? 0) > 1;

test('a passed check and the map at its moment are one look', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const events = await runner.events(id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  const checks = ['first', 'second'].map((name) =>
    CheckSpec.parse({ id: name, process: { differs: ['uts'], hostname: { is: name } } }),
  );
  const body = { stepId: 'one', setup: '', checks };
  await runner.request('PUT', `/sandboxes/${id}/step`, body);
  for (const { id: name } of checks) {
    await run(terminal, 'sudo unshare --uts bash');
    await run(terminal, `hostname ${name}`);
    await until(
      () =>
        events.some(
          (e) =>
            e.type === 'verdict' &&
            e.verdict.verdict.status === 'passed' &&
            e.verdict.checkId === name,
        ),
      { what: `${name} passes` },
    );
    await run(terminal, 'exit');
  }
  // Nobody followed: what was passed is in the past all the same, and looks have stopped.
  const map = new MapClient(runner, id);
  await map.shows('that the shell is back', (picture) => !!at(picture, '1'));
  for (const event of events) {
    if (event.type !== 'verdict' || event.verdict.verdict.status !== 'passed') continue;
    const { evidence } = event.verdict.verdict;
    const then = map.pictures.find(({ at }) => at === Date.parse(evidence.at));
    const fact = (name: string) => evidence.facts.find((one) => one.name === name)?.value;
    const process = then?.processes.find(({ pids }) => String(pids[0]) === fact('pid-machine'));
    expect(fact('ns-uts')).toBe(`uts:[${process?.ns.uts}]`);
    const hostname = then?.namespaces.find(({ inode }) => inode === process?.ns.uts)?.hostname;
    expect(hostname).toBe(event.verdict.checkId);
    expect(process?.terminals).toEqual(['1']);
  }
  // Every check has passed, and the map goes on.
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what is done after the last check', isInside);
});

test('a flood of namespaces makes no flood of pictures, and the end of it is shown', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  await map.shows('the shell', (picture) => at(picture, '1')?.command === '/bin/bash --login');
  const begin = Date.now();
  await run(terminal, 'for n in $(seq 400); do unshare --user --net true; done; echo over');
  const seconds = (Date.now() - begin) / 1000;
  const during = map.times.filter((time) => time >= begin).length;
  expect(during / seconds).toBeLessThanOrEqual(6);
  expect(during).toBeGreaterThan(0);
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what comes after', isInside);
  expect(map.picture.deeds.length).toBeLessThanOrEqual(20);
  expect(map.picture.deeds.at(-1)).toMatchObject({ what: 'made', kinds: ['pid'], terminal: '1' });
});

test('a crowd is shown whole, with names that nobody can read', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  await run(terminal, 'for n in $(seq 250); do sleep 1000 & done 2>/dev/null');
  await run(terminal, 'for n in $(seq 40); do sudo ip netns add "n$n"; done');
  await run(terminal, "bash -c 'exec -a \"$1\" sleep 999' x $'a\\u202eb\\a\\n\\e[2J' &");
  await map.shows('the crowd', ({ processes, namespaces }) => {
    const held = namespaces.filter(({ heldAt }) => heldAt?.startsWith('/run/netns/n'));
    return processes.length >= 253 && held.length === 40;
  });
  await map.shows('the odd name', ({ processes }) =>
    processes.some(({ command }) => command.includes('a\u202eb\u0007\n\u001b[2J')),
  );
  expect(map.picture.cut).toBe(false);
});

/** Of this process, which is the runner's. */
async function probePid(): Promise<number> {
  for (const entry of await readdir('/proc')) {
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (status.includes(`\nPPid:\t${process.pid}\n`) && command.endsWith('\0probe\0'))
      return Number(entry);
  }
  throw new Error('the runner has no probe');
}

test('a map that nobody can look at says so, and goes on', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  await map.shows('the shell', (picture) => !!at(picture, '1'));
  // It is killed once it has not answered for long.
  process.kill(await probePid(), 'SIGSTOP');
  await until(() => map.events.at(-1)?.type === 'stale', { what: 'stale', timeoutMs: 15_000 });
  await map.shows('the shell again', () => map.events.at(-1)?.type === 'past');
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what is new', isInside);
});

test('a client that reads nothing costs nothing, and is shown the map as it is once it reads', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  await map.shows('the shell', (picture) => !!at(picture, '1'));
  map.socket.pause();
  // Some 300 processes that come and go: a change is a hundred kilobytes.
  for (let round = 0; round < 6; round++)
    await run(
      terminal,
      'for n in $(seq 250); do sleep 1 & done 2>/dev/null; wait; jobs >/dev/null',
    );
  await run(terminal, 'sudo unshare --pid --fork bash');
  map.socket.resume();
  await map.shows('the map as it is', isInside);
  expect(map.events.filter(({ type }) => type === 'past').length).toBeGreaterThan(1);
});

test('a machine that is closed closes its map, and one that is not there has none', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  await map.shows('the machine', ({ processes }) => processes.length > 0);
  await runner.request('DELETE', `/sandboxes/${id}`);
  await until(() => map.closeCode === 4001, { what: 'the map is closed' });
  const none = new MapClient(runner, id);
  await until(() => none.closeCode === 4001, { what: 'it is closed at once' });
});
