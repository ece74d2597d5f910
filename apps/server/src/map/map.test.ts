import { type MapChange, MapEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { startEchoRunner } from '../../test/echo-runner.ts';
import {
  eventually,
  openBrowser,
  startServer,
  type TestSocket,
} from '../../test/running-server.ts';

const lab = '/api/labs/01-echo';
const typesOf = ({ texts }: TestSocket) => texts.map((text) => MapEvent.parse(text).type);
const change = (seq: number, name = ''): string => {
  const process = {
    ...{ id: `${seq}.1`, parent: null, pids: [seq], command: name, stopped: false, user: 'root' },
    ...{ ns: {}, pidForChildren: null, terminals: [], container: null },
  };
  const kinds = ['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time'];
  const ns = Object.fromEntries(kinds.map((kind) => [kind, 1])) as never;
  const told: MapChange = {
    ...{ seq, at: seq, processes: [{ ...process, ns }], gone: [], namespaces: [] },
    ...{ goneNamespaces: [], deeds: [], cut: false },
  };
  return JSON.stringify({ type: 'change', change: told });
};

test("M6: a learner follows the map of the own machine, and of no other's", async () => {
  await using server = await startServer();
  const [one, two] = [await server.browser(), await server.browser()];
  await one.socket(`${lab}/map`).closed('sandboxClosed');
  await one.call('POST', `${lab}/machine`);
  const map = await one.socket(`${lab}/map`).opened();
  await two.socket(`${lab}/map`).closed('sandboxClosed');
  await (await openBrowser(server.url, 'tatami_session=x'))
    .socket(`${lab}/map`)
    .closed('unauthorized');
  await one.socket('/api/labs/NO/map').closed('unknown');

  const [machine] = server.runner.machines.values();
  // Learners choose names: U+202E turns what follows around.
  const name = 'a\u202eb\u0000\n\u001b[2J';
  for (const socket of machine?.maps ?? []) socket.send(change(1, name));
  await eventually('the change arrives', () => map.texts.length === 2);
  expect(map.texts[1]).toEqual(JSON.parse(change(1, name)));
  await one.call('DELETE', `${lab}/machine`);
  await map.closed('sandboxClosed');
});

test('M3, M4: a map outlives the runner, and says so while that is away', async () => {
  await using server = await startServer();
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const map = await browser.socket(`${lab}/map`).opened();
  await server.runner[Symbol.asyncDispose]();
  await eventually('it is stale', () => typesOf(map).at(-1) === 'stale');
  await using again = await startEchoRunner(server.config.TATAMI_RUNNER_SOCKET);
  for (const [id, machine] of server.runner.machines) again.machines.set(id, machine);
  await eventually('the past comes again', () => typesOf(map).at(-1) === 'past');
  expect(typesOf(map)).toEqual(['past', 'stale', 'past']);
  expect(map.closeCode).toBeUndefined();
});

test('M4: a runner that hangs makes a map stale, since it was last heard of', {
  timeout: 20_000,
}, async () => {
  await using server = await startServer();
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const map = await browser.socket(`${lab}/map`).opened();
  const begun = Date.now();
  const [upstream] = [...server.runner.machines.values()].flatMap(({ maps }) => [...maps]);
  // It reads nothing, so it answers nothing, as a stopped process does.
  upstream?.pause();
  await eventually('it is stale', () => typesOf(map)[1] === 'stale', 10_000);
  const [, stale] = map.texts.map((text) => MapEvent.parse(text));
  expect(stale?.type === 'stale' && stale.since).toBeLessThan(begun + 2_000);
  await eventually('the past comes again', () => typesOf(map)[2] === 'past');
});

test('M7: a learner follows with eight browsers at once, and opens one more only a while after one went', {
  timeout: 20_000,
}, async () => {
  await using server = await startServer();
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const open = () => browser.socket(`${lab}/map`);
  const maps = await Promise.all(Array.from({ length: 8 }, () => open().opened()));
  await open().closed('tooFast');
  maps[0]?.socket.close();
  await eventually('it is gone', () => maps[0]?.closeCode !== undefined);
  await open().closed('tooFast');
  await eventually(
    'there is a place again',
    async () => {
      const map = open();
      await eventually('it opens or closes', () => map.texts.length > 0 || !!map.closeCode);
      return map.texts.length > 0;
    },
    10_000,
  );
});

test('what a slow browser does not read is held back at the runner', async () => {
  await using server = await startServer();
  const browser = await server.browser();
  await browser.call('POST', `${lab}/machine`);
  const map = await browser.socket(`${lab}/map`).opened();
  const [upstream] = [...server.runner.machines.values()].flatMap(({ maps }) => [...maps]);
  if (!upstream) throw new Error('nobody follows at the runner');
  map.socket.pause();
  const large = change(1, 'x'.repeat(200)).padEnd(60_000);
  // More than the sockets in between hold.
  for (let n = 0; n < 600; n++) upstream.send(large);
  await eventually('it waits', () => upstream.bufferedAmount > 1024 * 1024);
  map.socket.resume();
  await eventually('all of it comes', () => map.texts.length === 601, 20_000);
});
