import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeNetwork } from '../../test/fake-network.ts';
import { Line } from './line.ts';
import type { Transport } from './transport.ts';

const retryMs = 250;
let network: FakeNetwork;
let memory: Map<string, string>;
const lines: Line[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  network = new FakeNetwork();
  memory = new Map();
  vi.stubGlobal('WebSocket', network.WebSocket);
});
afterEach(() => {
  for (const line of lines.splice(0)) line.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page of this browser tab with streams that open again when they end, as the page's do. */
function openPage(streams = 1) {
  const line = new Line({
    origin: 'http://page.example',
    fetch: network.fetch,
    memory: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
    },
  });
  lines.push(line);
  const page = { line, got: [] as string[], codes: [] as number[], streams: [] as Transport[] };
  const follow = (index: number) => {
    page.streams[index] = line.open(`/stream/${index}`, {
      onMessage: (data) => page.got.push(String(data)),
      onClose: (code) => {
        page.codes.push(code);
        setTimeout(() => follow(index), retryMs);
      },
    });
  };
  for (let index = 0; index < streams; index++) follow(index);
  return page;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('H13: WebSockets where they come through, and nothing else is asked', async () => {
  const page = openPage(3);
  await pass(60_000);
  expect(page.line.way).toBe('websocket');
  expect(page.got).toEqual(['hello', 'hello', 'hello']);
  expect(network.asked).toEqual(['/stream/0', '/stream/1', '/stream/2']);
});

test('H13: where an upgrade is refused, all streams go through one tunnel within a second', async () => {
  network.sockets = 'refuse';
  const page = openPage(3);
  await pass(1000);
  expect(page.got).toEqual(['hello', 'hello', 'hello']);
  expect(page.streams.map(({ way, open }) => [way, open])).toEqual(Array(3).fill(['http', true]));
  expect(network.asked.filter((one) => one === 'POST /api/tunnels')).toHaveLength(1);
  page.streams[1]?.send('typed');
  await pass(100);
  expect(page.got.at(-1)).toBe('typed');
});

test('H13: a WebSocket that says nothing is given up after four seconds', async () => {
  network.sockets = 'hold';
  const page = openPage();
  await pass(3_900);
  expect(page.line.way).toBe('websocket');
  await pass(600);
  expect(page.streams[0]?.way).toBe('http');
  expect(page.got).toEqual(['hello']);
});

test('H13: where answers are held back, polls bring them', async () => {
  Object.assign(network, { sockets: 'refuse', http: 'hold' });
  const page = openPage(2);
  await pass(5_000);
  expect(page.streams.map(({ way }) => way)).toEqual(['poll', 'poll']);
  expect(page.got).toEqual(['hello', 'hello']);
  page.streams[0]?.send('typed');
  await pass(100);
  expect(page.got.at(-1)).toBe('typed');
});

test('H13: the next page of the tab begins with what worked', async () => {
  Object.assign(network, { sockets: 'refuse', http: 'hold' });
  openPage();
  await pass(5_000);
  lines[0]?.close();
  const page = openPage();
  await pass(100);
  expect(page.got).toEqual(['hello']);
  expect(page.streams[0]?.way).toBe('poll');
});

test('H13: a server that is away says nothing of the network', async () => {
  const page = openPage(2);
  await pass(100);
  network.isServerAway = true;
  for (const line of lines) line.close();
  const late = openPage(2);
  await pass(30_000);
  network.isServerAway = false;
  await pass(1_000);
  expect([page, late].map(({ line }) => line.way)).toEqual(['websocket', 'websocket']);
  expect(late.got).toEqual(['hello', 'hello']);
  expect(network.asked).not.toContain('POST /api/tunnels');
});

test('H13: nor one that was away when the page was opened', async () => {
  network.isServerAway = true;
  const page = openPage();
  await pass(30_000);
  network.isServerAway = false;
  await pass(20_000);
  expect(page.streams[0]?.way).toBe('websocket');
});

test('H13: a laptop that moves to a network without WebSockets goes on there', async () => {
  const page = openPage(2);
  await pass(100);
  network.sockets = 'refuse';
  // The line is cut when the network changes.
  const second = openPage(2);
  await pass(2_000);
  expect(page.line.way).toBe('websocket');
  expect(second.streams.map(({ way }) => way)).toEqual(['http', 'http']);
  expect(second.got).toEqual(['hello', 'hello']);
});

test('H13: the WebSocket is tried later, ever more rarely, and all streams move back', async () => {
  network.sockets = 'refuse';
  const page = openPage(2);
  await pass(3 * 3_600_000);
  const probes = () => network.asked.filter((one) => one === '/api/websocket').length;
  expect(probes()).toBeGreaterThan(15);
  expect(probes()).toBeLessThan(25);
  expect(page.streams[0]?.way).toBe('http');
  network.sockets = 'pass';
  await pass(601_000);
  expect(page.streams.map(({ way }) => way)).toEqual(['websocket', 'websocket']);
  expect(network.asked).toContain(`DELETE /api/tunnels/${'0'.repeat(32)}`);
  expect(memory.get('tatami.way')).toBe('websocket');
});
