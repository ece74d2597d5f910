import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ackEveryBytes,
  closeCodes,
  highWatermarkBytes,
  lowWatermarkBytes,
  maxTerminalClients,
  ringBytes,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { drawnAs } from '../../test/drawn.ts';
import { ScriptedPty } from '../../test/scripted-pty.ts';
import { TestClient } from '../../test/terminal-client.ts';
import { readRecording } from './recorded.ts';
import { Recording, type Turns } from './recording.ts';
import { type AttachAs, Terminal } from './terminal.ts';

const size = { cols: 80, rows: 24 };
const mebibyte = 1024 * 1024;

afterEach(() => vi.useRealTimers());

/** On a disk that is as fast as the output. */
class FastRecording extends Recording {
  override get full(): boolean {
    return false;
  }
}

/** A terminal whose output the test writes; with `turns` its disk does what they say. */
async function open({ turns }: { turns?: Turns } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-terminal-'));
  const fail = (error: unknown) => {
    throw error;
  };
  const recording: Recording = new (turns ? Recording : FastRecording)({
    ...{ dir, terminal: '1', onError: fail },
    ...(turns ? { turns } : {}),
    onDrain: () => terminal.recordingDrained(),
  });
  const pty = new ScriptedPty();
  const terminal: Terminal = new Terminal({
    ...{ id: '1', command: { file: '', args: [], ...size }, recording, open: pty.open },
    onEnd: () => undefined,
    onError: fail,
  });
  return {
    ...{ terminal, pty, recording, dir },
    attach(options: { as?: AttachAs; from?: number; cols?: number; rows?: number } = {}) {
      const client = new TestClient();
      terminal.attach(client, { as: 'owner', from: undefined, ...size, ...options });
      return client;
    },
    async [Symbol.asyncDispose]() {
      vi.useRealTimers();
      const closing = terminal.close();
      pty.exit();
      await closing;
      await recording.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** Acknowledges all that comes, until the client has all that the terminal has. */
async function readOn(terminal: Terminal, ...clients: TestClient[]): Promise<void> {
  const level = () => clients.every((client) => client.offset === terminal.offset);
  const read = () => {
    const before = level();
    for (const client of clients) terminal.acknowledge(client, client.offset);
    return before && level();
  };
  await until(read, { what: 'all of the output arrives', everyMs: 1 });
}

describe('offsets and replay', () => {
  test('R7, R9, R10, R12, R13: a client gets what is held, or exactly what it misses', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const first = opened.attach();
    expect(first.messages).toEqual([
      { type: 'hello', offset: 0, liveOffset: 0, snapshot: null, role: 'owner', ...size },
    ]);
    pty.print('one');
    expect(first.text).toBe('one');
    terminal.detach(first);
    pty.print('two');
    const second = opened.attach({ from: 3 });
    expect(second.hello).toMatchObject({ offset: 3, liveOffset: 6, snapshot: null });
    expect(second.text).toBe('two');
    for (const from of [undefined, 7, 1_000_000]) {
      const client = opened.attach(from === undefined ? {} : { from });
      expect(client.hello).toMatchObject({ offset: 0, liveOffset: 6, snapshot: null });
      expect(client.text).toBe('onetwo');
    }
  });

  test('R12: a client that was away gets exactly what it missed, from the ring', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const bytes = randomBytes(3 * mebibyte);
    pty.print(bytes.subarray(0, 2 * mebibyte));
    for (const away of [0, 1, 4095, 300_000, ringBytes]) {
      const from = terminal.offset - away;
      const client = opened.attach({ from });
      expect(client.hello).toMatchObject({ offset: from, snapshot: null });
      await readOn(terminal, client);
      expect(client.bytes.equals(bytes.subarray(from, terminal.offset))).toBe(true);
    }
  });

  test('R14: who wants what is no longer held gets the screen', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const text = Array.from(
      { length: 60_000 },
      (_, n) => `\x1b[3${n % 8}m第${n}行\x1b[m line\r\n`,
    ).join('');
    pty.print(text);
    const all = await drawnAs(size, [text]);
    for (const from of [undefined, 5, 100_000_000]) {
      const client = opened.attach(from === undefined ? {} : { from });
      await until(() => client.messages.length > 0, { what: 'the screen is drawn' });
      expect(client.hello.offset).toBe(Buffer.byteLength(text));
      expect(await drawnAs(size, [client.hello.snapshot ?? '', client.bytes])).toEqual(all);
    }
    const client = opened.attach({ from: terminal.offset });
    expect(client.hello.snapshot).toBeNull();
    pty.print('live');
    expect(client.text).toBe('live');
  });

  test('R14: a screen that was drawn serves until its offset is no longer held', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    pty.print('x'.repeat(2 * mebibyte));
    const first = opened.attach();
    await until(() => first.messages.length > 0, { what: 'the screen is drawn' });
    terminal.detach(first, closeCodes.slowClient);
    pty.print('y'.repeat(mebibyte / 2));
    const second = opened.attach();
    await until(() => second.messages.length > 0, { what: 'the screen is there' });
    expect(second.hello).toMatchObject({ offset: 2 * mebibyte, snapshot: first.hello.snapshot });
    await readOn(terminal, second);
    expect(second.text).toBe('y'.repeat(mebibyte / 2));
    terminal.detach(second, closeCodes.slowClient);
    pty.print('z'.repeat(2 * mebibyte));
    const third = opened.attach();
    await until(() => third.messages.length > 0, { what: 'another screen is drawn' });
    expect(third.hello.offset).toBe(terminal.offset);
  });
});

describe('flow control', () => {
  test('R16, R17, R20, R30: the shell waits for its owner, who is sent a window', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const client = opened.attach();
    const bytes = randomBytes(3 * mebibyte);
    pty.print(bytes);
    expect(pty.paused).toBe(true);
    expect(client.offset).toBe(highWatermarkBytes);
    expect(terminal.offset).toBeLessThan(highWatermarkBytes + 2 * 4096);
    const stood = terminal.offset;
    expect(terminal.acknowledge(client, stood - lowWatermarkBytes - 1)).toBe(true);
    expect(terminal.offset).toBe(stood);
    expect(terminal.acknowledge(client, stood - lowWatermarkBytes)).toBe(true);
    expect(terminal.offset).toBeGreaterThan(stood);
    await readOn(terminal, client);
    expect(client.bytes.equals(bytes)).toBe(true);
  });

  test('R18: an acknowledgement that goes back, or of bytes not sent, is refused', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const client = opened.attach();
    pty.print('hello');
    expect(terminal.acknowledge(client, 5)).toBe(true);
    expect(terminal.acknowledge(client, 5)).toBe(true);
    expect(terminal.acknowledge(client, 4)).toBe(false);
    expect(terminal.acknowledge(client, 6)).toBe(false);
    expect(terminal.acknowledge(client, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  test('R19: an owner that acknowledges nothing is let go, and the shell goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using opened = await open();
    const { terminal, pty } = opened;
    const client = opened.attach();
    pty.print('x'.repeat(mebibyte));
    vi.advanceTimersByTime(29_000);
    // Slow is not gone.
    terminal.acknowledge(client, 10);
    vi.advanceTimersByTime(29_000);
    expect(client.closed).toBeUndefined();
    // Who says the same again says nothing.
    terminal.acknowledge(client, 10);
    vi.advanceTimersByTime(1_000);
    expect(client.closed).toBe(closeCodes.slowClient);
    expect(terminal.offset).toBe(mebibyte);
  });

  test('R20: without a client the shell goes on', async () => {
    await using opened = await open();
    opened.pty.print('x'.repeat(10 * mebibyte));
    expect(opened.terminal.offset).toBe(10 * mebibyte);
  });

  test('R30: a replay comes by windows, and what is typed under it goes out', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    pty.print('x'.repeat(mebibyte / 2));
    const client = opened.attach();
    const sent = client.offset;
    expect(sent).toBeGreaterThan(lowWatermarkBytes);
    expect(sent).toBeLessThanOrEqual(highWatermarkBytes);
    terminal.input(client, Buffer.from('\x03'));
    expect(pty.typed).toBe('\x03');
    // Half a window at once.
    terminal.acknowledge(client, sent - lowWatermarkBytes - 1);
    expect(client.offset).toBe(sent);
    terminal.acknowledge(client, sent - lowWatermarkBytes);
    expect(client.offset).toBe(sent + lowWatermarkBytes);
    await readOn(terminal, client);
    expect(client.text).toBe('x'.repeat(mebibyte / 2));
  });

  test('R30: who acknowledges what it has not read is sent no more', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const client = opened.attach();
    pty.print('x'.repeat(4 * mebibyte));
    client.unsentBytes = 200_000;
    for (let n = 0; n < 100; n++) terminal.acknowledge(client, client.offset);
    expect(client.offset).toBe(highWatermarkBytes);
    client.unsentBytes = 0;
    await readOn(terminal, client);
  });

  test('R31: an owner whose connection was lost under a flood misses nothing, if it is back in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using opened = await open();
    const { terminal, pty } = opened;
    const bytes = randomBytes(4 * mebibyte);
    const first = opened.attach();
    pty.print(bytes);
    const from = first.offset;
    terminal.detach(first);
    expect(terminal.offset).toBeGreaterThan(ringBytes / 2);
    expect(pty.paused).toBe(true);
    vi.advanceTimersByTime(4_900);
    const second = opened.attach({ from });
    expect(second.hello).toMatchObject({ offset: from, snapshot: null });
    vi.useRealTimers();
    await readOn(terminal, second);
    expect(Buffer.concat([first.bytes, second.bytes]).equals(bytes)).toBe(true);
  });

  test('R31: who does not come back in time holds nobody up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using opened = await open();
    const { terminal, pty } = opened;
    const client = opened.attach();
    pty.print('x'.repeat(4 * mebibyte));
    terminal.detach(client);
    expect(pty.paused).toBe(true);
    vi.advanceTimersByTime(5_000);
    expect(terminal.offset).toBe(4 * mebibyte);
  });

  test('a disk that cannot follow pauses the shell until it has', async () => {
    let go: () => void = () => undefined;
    const free = new Promise<void>((resolve) => {
      go = resolve;
    });
    await using opened = await open({ turns: (task) => free.then(task) });
    const { terminal, pty } = opened;
    pty.print('x'.repeat(4 * mebibyte));
    expect(pty.paused).toBe(true);
    expect(terminal.offset).toBeLessThan(mebibyte);
    go();
    await until(() => terminal.offset === 4 * mebibyte, { what: 'the output goes on' });
  });
});

describe('input and end', () => {
  test('R21, R22, R28: the owner types and sets the size, a viewer does not', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const owner = opened.attach({ cols: 100, rows: 30 });
    const viewer = opened.attach({ as: 'viewer', cols: 40, rows: 10 });
    expect(terminal.input(owner, Buffer.from('a'))).toBe(true);
    expect(terminal.input(viewer, Buffer.from('v'))).toBe(false);
    terminal.resize(viewer, { cols: 50, rows: 20 });
    terminal.resize(owner, { cols: 132, rows: 43 });
    terminal.resize(owner, { cols: 132, rows: 43 });
    terminal.input(owner, Buffer.from('b'));
    expect(pty.typed).toBe('ab');
    expect(pty.sizes).toEqual([size, { cols: 100, rows: 30 }, { cols: 132, rows: 43 }]);
  });

  test('R21, R23: the end comes after the last output, and again for who attaches later', async () => {
    await using opened = await open();
    const { terminal, pty, dir } = opened;
    const viewer = opened.attach({ as: 'viewer' });
    const owner = opened.attach();
    const bytes = randomBytes(mebibyte / 2);
    pty.print(bytes);
    pty.exit(3);
    await readOn(terminal, owner, viewer);
    const late = opened.attach();
    await readOn(terminal, late);
    for (const client of [owner, viewer, late]) {
      expect(client.bytes.equals(bytes)).toBe(true);
      expect(client.messages.at(-1)).toEqual({ type: 'exit', exitCode: 3 });
      expect(client.closed).toBe(closeCodes.shellExited);
    }
    expect(terminal.alive).toBe(false);
    terminal.input(late, Buffer.from('dropped'));
    expect(pty.typed).toBe('');
    await terminal.close();
    expect((await readRecording(dir, '1'))?.bytes.equals(bytes)).toBe(true);
  });

  test('R24: closing the machine lets every client go, and waits for none', async () => {
    await using opened = await open();
    const clients = [opened.attach({ as: 'viewer' }), opened.attach()];
    opened.pty.print('x'.repeat(4 * mebibyte));
    expect(opened.pty.paused).toBe(true);
    opened.terminal.hangUp();
    for (const client of clients) expect(client.closed).toBe(closeCodes.sandboxClosed);
    expect(opened.pty.paused).toBe(false);
    expect(opened.terminal.offset).toBe(4 * mebibyte);
  });
});

describe('owner and viewers', () => {
  test('R8, R26: who attaches or takes is the owner, and who was is told', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const first = opened.attach();
    const second = opened.attach();
    expect(first.closed).toBeUndefined();
    expect(first.news).toEqual([{ type: 'role', role: 'viewer' }]);
    expect(second.hello.role).toBe('owner');
    pty.print('both see it');
    expect(first.text).toBe('both see it');
    expect(second.text).toBe('both see it');
    expect(terminal.take(first)).toBe(true);
    expect(terminal.take(first)).toBe(true);
    expect(first.news.slice(1)).toEqual([{ type: 'role', role: 'owner' }]);
    expect(second.news).toEqual([{ type: 'role', role: 'viewer' }]);
    terminal.input(second, Buffer.from('no'));
    terminal.input(first, Buffer.from('yes'));
    expect(pty.typed).toBe('yes');
  });

  test('R27: a window on standby owns what nobody owns; a viewer never does', async () => {
    await using opened = await open();
    const { terminal } = opened;
    const viewer = opened.attach({ as: 'viewer' });
    const first = opened.attach({ as: 'standby' });
    const second = opened.attach({ as: 'standby' });
    expect([viewer, first, second].map(({ hello }) => hello.role)).toEqual([
      'viewer',
      'owner',
      'viewer',
    ]);
    expect(terminal.take(viewer)).toBe(false);
    expect(terminal.take(second)).toBe(true);
    expect(first.news).toEqual([{ type: 'role', role: 'viewer' }]);
  });

  test('R29: a viewer is told each size before what is drawn for it', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const owner = opened.attach();
    const viewer = opened.attach({ as: 'viewer', cols: 33, rows: 7 });
    expect(viewer.hello).toMatchObject(size);
    const told: [number, number][] = [];
    viewer.control = (message) => {
      if (message.type === 'size') told.push([viewer.offset, message.cols]);
    };
    // The viewer lags: it has its window full before the size changes.
    const before = highWatermarkBytes + 10;
    pty.print('a'.repeat(before));
    terminal.acknowledge(owner, owner.offset);
    terminal.resize(owner, { cols: 100, rows: 30 });
    pty.print('b'.repeat(10));
    terminal.resize(owner, { cols: 120, rows: 30 });
    expect(told).toEqual([]);
    terminal.acknowledge(viewer, highWatermarkBytes);
    expect(told).toEqual([
      [before, 100],
      [before + 10, 120],
    ]);
    expect(owner.news).toEqual([]);
  });

  test('R30, R32: a viewer that stands still holds nobody up and gets the screen when it is back', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const viewer = opened.attach({ as: 'viewer' });
    const owner = opened.attach();
    const lines = Array.from({ length: 200_000 }, (_, n) => `line ${n}\r\n`).join('');
    pty.print(lines);
    await readOn(terminal, owner);
    expect(owner.text).toBe(lines);
    expect(viewer.offset).toBe(highWatermarkBytes);
    expect(viewer.news).toEqual([]);

    terminal.acknowledge(viewer, viewer.offset - ackEveryBytes);
    await new Promise(setImmediate);
    expect(viewer.news).toEqual([]);
    terminal.acknowledge(viewer, viewer.offset - ackEveryBytes + 1);
    await until(() => viewer.news.length > 0, { what: 'the viewer gets the screen' });
    const { snapshot, offset } = viewer.hello;
    expect(offset).toBe(terminal.offset);
    expect(await drawnAs(size, [snapshot ?? ''])).toEqual(await drawnAs(size, [lines]));

    // What was under way from before.
    expect(terminal.acknowledge(viewer, highWatermarkBytes)).toBe(true);
    expect(terminal.acknowledge(viewer, highWatermarkBytes - 1)).toBe(false);
    pty.print('live');
    expect(viewer.text.endsWith('live')).toBe(true);
  });

  test('R32: there is no second snapshot for who has not acknowledged the first', async () => {
    await using opened = await open();
    const { terminal, pty } = opened;
    const viewer = opened.attach({ as: 'viewer' });
    const flood = 'x'.repeat(4 * mebibyte);
    pty.print(flood);
    terminal.acknowledge(viewer, viewer.offset);
    await until(() => viewer.news.length === 1, { what: 'the viewer gets the screen' });
    for (let n = 0; n < 3; n++) {
      pty.print(flood);
      await new Promise(setImmediate);
    }
    expect(viewer.news).toHaveLength(1);
    terminal.acknowledge(viewer, viewer.offset);
    await until(() => viewer.news.length === 2, { what: 'the viewer gets the next screen' });
    expect(viewer.hello.offset).toBe(terminal.offset);
  });

  test('R33: a terminal has so many clients and no more', async () => {
    await using opened = await open();
    const clients = Array.from({ length: maxTerminalClients }, () => opened.attach());
    expect(clients.every(({ closed }) => closed === undefined)).toBe(true);
    const more = opened.attach();
    expect(more.closed).toBe(closeCodes.tooMany);
    opened.terminal.detach(clients[0] as TestClient);
    expect(opened.attach().hello.role).toBe('owner');
  });

  test('closing leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const opened = await open();
    opened.attach({ as: 'viewer' });
    const lost = opened.attach();
    opened.pty.print('x'.repeat(4 * mebibyte));
    opened.terminal.detach(lost);
    opened.attach();
    opened.pty.print('x'.repeat(4 * mebibyte));
    const closing = opened.terminal.close();
    opened.pty.exit();
    await closing;
    await opened.recording.close();
    expect(vi.getTimerCount()).toBe(0);
    await rm(opened.dir, { recursive: true });
  });
});
