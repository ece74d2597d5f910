import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
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

/** A machine whose map is followed, and its first terminal at the prompt. */
async function followed(runner: Awaited<ReturnType<typeof startRunner>>) {
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  await terminal.expect(prompt);
  return { map, terminal };
}

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
  // Nobody waits for anything any more: what is done is in the past all the same.
  await run(terminal, 'sudo unshare --ipc sleep 5');
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
    // At this very shell, or at the command of it that has just done the deed.
    const standing = then?.processes.find(({ terminals }) => terminals.includes('1'));
    expect([standing?.id, standing?.parent]).toContain(process?.id);
  }
  const machineIpc = map.picture.processes.find(({ pids }) => pids[0] === 1)?.ns.ipc;
  const elsewhere = map.pictures.filter(({ processes }) =>
    processes.some(({ command, ns }) => command === 'sleep 5' && ns.ipc !== machineIpc),
  );
  expect(elsewhere.length).toBeGreaterThan(0);
  // Every check has passed, and the map goes on.
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what is done after the last check', isInside);
});

/** Pictures that fall into one second, at most. */
const mostInASecond = (pictures: MapPicture[]): number =>
  Math.max(
    ...pictures.map(
      ({ at: from }) => pictures.filter(({ at }) => at >= from && at < from + 1000).length,
    ),
  );

/** For four seconds, by as many processes: namespaces of five kinds are made and dropped. */
const flood = `end=$((SECONDS + 4)); for n in 1 2; do
  while [ $SECONDS -lt $end ]; do unshare --user --net --uts --ipc --pid --fork true; done & done;
  wait; jobs >/dev/null; echo o''ver`.replaceAll('\n', ' ');

test('M5: a flood of namespaces makes no flood of pictures, holds no neighbour up, and its end is shown', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const neighbour = await runner.create();
  const map = new MapClient(runner, id);
  const terminal = await runner.terminal(id, '1');
  const quiet = await runner.terminal(neighbour.id, '1');
  for (const one of [terminal, quiet]) await one.expect(prompt);
  await map.shows('the shell', (picture) => at(picture, '1')?.command === '/bin/bash --login');
  const before = map.pictures.length;
  const answers: number[] = [];
  terminal.type(`${flood}\r`);
  const isOver = () => /^over\r?$[\s\S]*[$#] $/m.test(terminal.text);
  while (!isOver()) {
    const asked = performance.now();
    expect((await runner.request('GET', `/sandboxes`)).status).toBe(200);
    quiet.type('\r');
    await quiet.expect(prompt);
    answers.push(performance.now() - asked);
    await delay(100);
  }
  const during = map.pictures.slice(before);
  expect(during.length).toBeGreaterThan(8);
  expect(mostInASecond(during)).toBeLessThanOrEqual(5);
  answers.sort((a, b) => a - b);
  expect(answers.length).toBeGreaterThan(10);
  expect(answers[Math.floor(answers.length * 0.9)]).toBeLessThan(250);
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what comes after', isInside);
  // A look can come before the event that tells of the deed.
  const lastMade = ({ deeds }: MapPicture) => deeds.findLast(({ what }) => what === 'made');
  await map.shows('who did it', (picture) => {
    const { terminal: by, kinds } = lastMade(picture) ?? {};
    return by === '1' && kinds?.join() === 'pid';
  });
  expect(map.picture.deeds.length).toBeLessThanOrEqual(20);
  const own = map.picture.namespaces.filter(({ machine }) => machine);
  expect(own).toHaveLength(8);
});

test('a crowd is shown whole, with names that nobody can read', async () => {
  await using runner = await startRunner();
  const { map, terminal } = await followed(runner);
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

test('of more namespaces than are looked at a hundred are shown, and that there are more', async () => {
  await using runner = await startRunner();
  const { map, terminal } = await followed(runner);
  const held = ({ namespaces }: MapPicture) =>
    namespaces.filter(({ heldAt }) => heldAt?.startsWith('/run/netns/n')).length;
  await run(terminal, 'for n in $(seq 104); do sudo ip netns add "n$n"; done');
  await map.shows('that it is cut', ({ cut }) => cut);
  await map.shows('a hundred of them', (picture) => held(picture) === 100);
  await run(terminal, 'for n in $(seq 10); do sudo ip netns del "n$n"; done');
  await map.shows('all there are', (picture) => !picture.cut && held(picture) === 94);
});

/** A child of this process, which is the runner's. */
async function childPid(isIt: (command: string) => boolean): Promise<number> {
  for (const entry of await readdir('/proc')) {
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (status.includes(`\nPPid:\t${process.pid}\n`) && isIt(command)) return Number(entry);
  }
  throw new Error('the runner has no such child');
}

test('M3, M4: a map that nobody can look at says so, and goes on', async () => {
  await using runner = await startRunner();
  const { map, terminal } = await followed(runner);
  await map.shows('the shell', (picture) => !!at(picture, '1'));
  // It is killed once it has not answered for long.
  process.kill(await childPid((command) => command.endsWith('\0probe\0')), 'SIGSTOP');
  const after = () => map.events.slice(map.events.findIndex(({ type }) => type === 'stale'));
  await until(() => after().length > 1, { what: 'it is looked at again', timeoutMs: 20_000 });
  expect(after()).toMatchObject([{ since: expect.any(Number) }, { type: 'past', changes: [] }]);
  await run(terminal, 'sudo unshare --pid --fork bash');
  await map.shows('what is new', isInside);
});

test('a map goes on without events, and tells of deeds again once they are back', async () => {
  await using runner = await startRunner();
  const { map, terminal } = await followed(runner);
  await map.shows('the shell', (picture) => !!at(picture, '1'));
  const { TATAMI_EVENTS_LOADER } = runner.config;
  process.kill(await childPid((command) => command.startsWith(TATAMI_EVENTS_LOADER)), 'SIGKILL');
  terminal.type('sudo unshare --pid --fork bash\r');
  await map.shows('where the terminal is', isInside);
  await terminal.expect(prompt);
  const isBack = async () => {
    await run(terminal, 'unshare --uts true');
    return map.picture.deeds.some(({ what, kinds }) => what === 'made' && kinds.includes('uts'));
  };
  await until(isBack, { what: 'a deed is told', everyMs: 300, timeoutMs: 15_000 });
  expect(map.events.every(({ type }) => type !== 'stale')).toBe(true);
});

test('M3: a client that reads nothing costs nothing, and is shown the map as it is once it reads', async () => {
  await using runner = await startRunner();
  const { map, terminal } = await followed(runner);
  await map.shows('the shell', (picture) => !!at(picture, '1'));
  map.socket.pause();
  // Some 300 processes that come and go: a change is a hundred kilobytes, and what the kernel takes varies.
  for (let round = 0; round < 15; round++)
    await run(
      terminal,
      'for n in $(seq 250); do sleep 1 & done 2>/dev/null; wait; jobs >/dev/null',
    );
  await run(terminal, 'sudo unshare --pid --fork bash');
  map.socket.resume();
  await map.shows('the map as it is', isInside);
  expect(map.events.filter(({ type }) => type === 'past').length).toBeGreaterThan(1);
});

test('M6: a machine that is closed closes its map, and one that is not there has none', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const map = new MapClient(runner, id);
  await map.shows('the machine', ({ processes }) => processes.length > 0);
  await runner.request('DELETE', `/sandboxes/${id}`);
  await until(() => map.closeCode === 4001, { what: 'the map is closed' });
  const none = new MapClient(runner, id);
  await until(() => none.closeCode === 4001, { what: 'it is closed at once' });
});
