import { afterEach, expect, it, vi } from 'vitest';
import { type WebSocket as Peer, WebSocket, WebSocketServer } from 'ws';
import { webSocketTransport } from '../transport/transport.ts';
import { type ConnectionState, TerminalConnection } from './terminal-connection.ts';

/** Node 20 has no WebSocket of its own. An error that nobody listens for is nobody's, as in browsers. */
class BrowserSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', () => undefined);
  }
}
vi.stubGlobal('WebSocket', BrowserSocket);
const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function setUp(onPeer: (peer: Peer, from: number) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  const got: string[] = [];
  const asked: string[] = [];
  server.on('connection', (peer, request) => {
    asked.push(request.url ?? '');
    peer.on('message', (data, binary) => got.push(`${binary ? 'b' : 't'}:${String(data)}`));
    onPeer(peer, Number(new URL(request.url ?? '', 'http://x').searchParams.get('from')));
  });
  const states: ConnectionState[] = [];
  const drawn: string[] = [];
  const screen = {
    write: (data: Uint8Array | string, done?: () => void) => {
      if (typeof data === 'string' && data !== '') drawn.push(data);
      done?.();
    },
    take: (size: { cols: number; rows: number } | null) =>
      drawn.push(JSON.stringify(size?.cols ?? 'own')),
  };
  const connection = new TerminalConnection(
    {
      path: ({ from, standby }) => `/?from=${from}${standby ? '&as=standby' : ''}`,
      openTransport: (path, events) => webSocketTransport(`http://127.0.0.1:${port}`, path, events),
      screen,
      onState: (s) => states.push(s),
    },
    { cols: 80, rows: 24 },
  );
  opened.push(connection, server);
  connection.open();
  return { connection, got, states, drawn, asked };
}
const hello = (offset: number, liveOffset: number, more: object = {}) => {
  const size = { cols: 100, rows: 30 };
  const rest = { snapshot: null, role: 'owner', ...size, ...more };
  return JSON.stringify({ type: 'hello', offset, liveOffset, ...rest });
};

it('R11, R15: drops input until the replay is parsed, acknowledges, and resumes where it stood', async () => {
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

it('R14, R32: draws a snapshot in its own size on a cleared screen, and acknowledges it', async () => {
  const { got, drawn } = await setUp((peer) => peer.send(hello(500, 500, { snapshot: 'screen' })));
  await vi.waitFor(() => expect(got).toContain('t:{"type":"ack","offset":500}'));
  expect(drawn).toEqual(['100', '\x1bcscreen', '"own"']);
});

it('R13: clears the screen when the stream begins elsewhere than it asked', async () => {
  const { drawn, connection } = await setUp((peer) => peer.send(hello(500, 500)));
  await vi.waitFor(() => expect(connection.live).toBe(true));
  expect(drawn).toEqual(['\x1bc', '"own"']);
});

it('R26, R28, R29: shows what another window has in its size, and takes it when asked', async () => {
  const { connection, got, states, drawn } = await setUp((peer) => {
    peer.send(hello(0, 0, { role: 'viewer' }));
    peer.send('{"type":"size","cols":120,"rows":30}');
    peer.on('message', (data) => {
      if (String(data) === '{"type":"take"}') peer.send('{"type":"role","role":"owner"}');
    });
    peer.send(Buffer.from('$ '));
  });
  await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ name: 'live', role: 'viewer' }));
  await vi.waitFor(() => expect(drawn).toEqual(['100', '120']));
  expect(connection.send('x')).toBe(false);
  connection.resize(33, 10);
  expect(got).toEqual([]);
  expect(connection.run('id\r')).toBe('soon');
  await vi.waitFor(() => expect(got).toContain('b:id\r'));
  expect(got).toEqual(['t:{"type":"take"}', 't:{"type":"resize","cols":80,"rows":24}', 'b:id\r']);
  expect(drawn.at(-1)).toBe('"own"');
  expect(states.at(-1)).toMatchObject({ name: 'live', role: 'owner' });
});

it('R27: comes back on standby after another window took the terminal', async () => {
  const { asked } = await setUp((peer) => {
    peer.send(hello(0, 0));
    peer.send('{"type":"role","role":"viewer"}');
    setTimeout(() => peer.terminate(), 30);
  });
  await vi.waitFor(() => expect(asked).toEqual(['/?from=0', '/?from=0&as=standby']), {
    timeout: 2000,
  });
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

it('R38: says that the server restarts until it is back, and goes on where it stood', async () => {
  const froms: number[] = [];
  let isBack = false;
  const { states, connection } = await setUp((peer, from) => {
    froms.push(from);
    // Once by its own word, then as a proxy does while nobody listens behind it.
    if (froms.length === 2) return peer.close();
    peer.send(hello(from, from + 3));
    peer.send(Buffer.from('abc'));
    if (!isBack) setTimeout(() => peer.close(4011), 20);
    isBack = true;
  });
  await vi.waitFor(() => expect(froms).toEqual([0, 3, 3]), { timeout: 5000 });
  await vi.waitFor(() => expect(connection.live).toBe(true));
  const names = states.map(({ name }) => name);
  const since = names.indexOf('restarting');
  expect(new Set(names.slice(since, names.indexOf('live', since)))).toEqual(
    new Set(['restarting']),
  );
  expect(names.at(-1)).toBe('live');
});
