import { afterEach, expect, it, vi } from 'vitest';
import { type WebSocket as Peer, WebSocket, WebSocketServer } from 'ws';
import { webSocketTransport } from '../transport/transport.ts';
import { type ConnectionState, TerminalConnection } from './terminal-connection.ts';

// Node 20 has no WebSocket of its own.
vi.stubGlobal('WebSocket', WebSocket);
const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function setUp(onPeer: (peer: Peer, from: number) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  const got: string[] = [];
  server.on('connection', (peer, request) => {
    peer.on('message', (data, binary) => got.push(`${binary ? 'b' : 't'}:${String(data)}`));
    onPeer(peer, Number(new URL(request.url ?? '', 'http://x').searchParams.get('from')));
  });
  const states: ConnectionState[] = [];
  const screen = { write: vi.fn((_: Uint8Array | string, done?: () => void) => done?.()) };
  const connection = new TerminalConnection(
    {
      path: (from) => `/?from=${from}`,
      openTransport: (path, events) => webSocketTransport(`http://127.0.0.1:${port}`, path, events),
      screen,
      onState: (s) => states.push(s),
    },
    { cols: 80, rows: 24 },
  );
  opened.push(connection, server);
  connection.open();
  return { connection, got, states, screen };
}
const hello = (offset: number, liveOffset: number, snapshot: string | null = null) =>
  JSON.stringify({
    type: 'hello',
    offset,
    liveOffset,
    snapshot,
    role: 'owner',
    cols: 80,
    rows: 24,
  });

it('drops input until the replay is parsed, acknowledges, and resumes where it stood', async () => {
  const froms: number[] = [];
  const { connection, got } = await setUp((peer, from) => {
    froms.push(from);
    peer.send(hello(from, 40_000));
    if (from === 0) setTimeout(() => peer.send(Buffer.alloc(40_000)), 100);
  });
  await vi.waitFor(() => expect(got.length).toBe(1));
  expect(connection.send('answer')).toBe(false);
  await vi.waitFor(() => expect(got).toContain('t:{"type":"ack","offset":40000}'));
  expect(connection.send('ls\r')).toBe(true);
  await vi.waitFor(() => expect(got).toContain('b:ls\r'));
  expect(got).not.toContain('b:answer');
  connection.open();
  await vi.waitFor(() => expect(froms).toEqual([0, 40_000]));
});

it('draws a snapshot on a cleared screen and stops when taken over', async () => {
  const { states, screen, connection } = await setUp((peer) => {
    peer.send(hello(500, 500, 'screen'));
    setTimeout(() => peer.close(4002), 50);
  });
  await vi.waitFor(() =>
    expect(states.at(-1)).toEqual({ name: 'ended', code: 4002, exitCode: null }),
  );
  expect(screen.write.mock.calls).toEqual([['\x1bcscreen']]);
  expect(connection.send('x')).toBe(false);
});

it('tries again after a lost connection', async () => {
  let count = 0;
  await setUp((peer) => {
    count += 1;
    if (count === 1) peer.terminate();
  });
  await vi.waitFor(() => expect(count).toBe(2), { timeout: 2000 });
});

it('runs a command once when the terminal that is opening is ready, and drops it when that is lost', async () => {
  const { connection, got } = await setUp((peer) => {
    setTimeout(() => {
      peer.send(hello(0, 0));
      setTimeout(() => peer.send(Buffer.from('$ ')), 30);
    }, 30);
  });
  expect(connection.run('id\r')).toBe('soon');
  expect(connection.run('id\r')).toBe('dropped');
  await vi.waitFor(() => expect(got).toContain('b:id\r'));
  expect(connection.run('ls\r')).toBe('sent');
  await vi.waitFor(() => expect(got).toContain('b:ls\r'));
  connection.close();
  expect(connection.run('never\r')).toBe('dropped');
  expect(got.filter((frame) => frame === 'b:id\r')).toHaveLength(1);
});

it('ends in words when the server breaks the protocol', async () => {
  const { states } = await setUp((peer) => peer.send('{"type":"surprise"}'));
  await vi.waitFor(() =>
    expect(states.at(-1)).toEqual({ name: 'ended', code: 4003, exitCode: null }),
  );
});

it('tells how a shell ended', async () => {
  const { states } = await setUp((peer) => {
    peer.send(hello(0, 0));
    peer.send('{"type":"exit","exitCode":7}');
    peer.close(4000);
  });
  await vi.waitFor(() => expect(states.at(-1)).toEqual({ name: 'ended', code: 4000, exitCode: 7 }));
});
