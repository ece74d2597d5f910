import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CloseCode,
  closeCodes,
  highWatermarkBytes,
  lowWatermarkBytes,
  ringBytes,
  type TerminalServerMessage,
} from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { describe, expect, test, vi } from 'vitest';
import { readRecording } from './recorded.ts';
import { Recording } from './recording.ts';
import { Terminal, type TerminalClient } from './terminal.ts';

/** A client that remembers, and acknowledges only when told. */
class TestClient implements TerminalClient {
  readonly messages: TerminalServerMessage[] = [];
  bytes = 0;
  text = '';
  closed: CloseCode | undefined;
  control(message: TerminalServerMessage): void {
    this.messages.push(message);
  }
  output(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.text = (this.text + bytes.toString('latin1')).slice(-4096);
  }
  close(code: CloseCode): void {
    this.closed = code;
  }
  get hello() {
    const [first] = this.messages;
    if (first?.type !== 'hello') throw new Error('no hello came first');
    return first;
  }
}

/** A terminal on a real PTY of the host, running a shell script. */
async function open(script: string) {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-terminal-'));
  const recording = new Recording({
    dir,
    terminal: '1',
    onDrain: () => terminal.recordingDrained(),
    onError: (error) => {
      throw error;
    },
  });
  const command = { file: '/bin/sh', args: ['-c', script], cols: 80, rows: 24 };
  const terminal: Terminal = new Terminal('1', command, recording, () => undefined);
  return {
    terminal,
    dir,
    async [Symbol.asyncDispose]() {
      await terminal.close();
      await recording.close();
      await rm(dir, { recursive: true });
    },
  };
}

const ended = (terminal: Terminal) => until(() => !terminal.alive, { what: 'the shell ends' });
/** Far more than the window, as fast as it goes. */
const flood = 'head -c 3000000 /dev/zero | tr "\\0" x; echo; echo done; read end';

describe('the terminal stream', () => {
  test('R9, R10, R12, R14: a client gets what is held, or exactly what it misses', async () => {
    await using opened = await open('printf one; read line; printf two; read end');
    const { terminal } = opened;
    const first = new TestClient();
    terminal.attach(first, undefined);
    await until(() => first.text === 'one', { what: 'the output arrives' });
    expect(first.hello).toMatchObject({ offset: 0, liveOffset: 0 });
    terminal.detach();
    terminal.input(Buffer.from('x\n'));
    await until(() => terminal.offset === 'onex\r\ntwo'.length, { what: 'R20: it goes on alone' });
    const second = new TestClient();
    terminal.attach(second, 3);
    expect(second.hello).toMatchObject({ offset: 3, liveOffset: 9 });
    expect(second.text).toBe('x\r\ntwo');
    const third = new TestClient();
    terminal.attach(third, undefined);
    expect(second.closed).toBe(closeCodes.takenOver);
    expect(third.text).toBe('onex\r\ntwo');
  });

  test('R13: bytes that are no longer held, or never were, make a gap', async () => {
    await using opened = await open(flood);
    const { terminal } = opened;
    await until(() => terminal.offset > 3_000_000, { what: 'R20: nobody holds the output up' });
    for (const from of [5, terminal.offset + 1]) {
      const client = new TestClient();
      terminal.attach(client, from);
      expect(client.hello.offset).toBe(terminal.offset - ringBytes);
      expect(client.text).toMatch(/x\r\ndone\r\n$/);
    }
  });

  test('R16, R17: the shell waits for acknowledgements and goes on at half', async () => {
    await using opened = await open(flood);
    const { terminal } = opened;
    const client = new TestClient();
    terminal.attach(client, undefined);
    let bytes = -1;
    const still = async () => {
      await until(
        () => {
          const same = client.bytes === bytes && bytes > highWatermarkBytes;
          bytes = client.bytes;
          return same;
        },
        { what: 'the output stands still', everyMs: 100 },
      );
    };
    await still();
    expect(client.bytes).toBeLessThan(2 * highWatermarkBytes);
    expect(terminal.acknowledge(client.bytes - lowWatermarkBytes - 1)).toBe(true);
    await still();
    const stood = client.bytes;
    expect(terminal.acknowledge(client.bytes - lowWatermarkBytes)).toBe(true);
    await until(() => client.bytes > stood, { what: 'the output goes on' });
    await until(
      () => {
        terminal.acknowledge(client.bytes);
        return client.text.endsWith('done\r\n');
      },
      { what: 'all of it arrives' },
    );
    expect(client.bytes).toBe(3_000_000 + '\r\ndone\r\n'.length);
  });

  test('R18: an acknowledgement that goes back, or of bytes not sent, is refused', async () => {
    await using opened = await open('printf hello; read end');
    const { terminal } = opened;
    const client = new TestClient();
    terminal.attach(client, undefined);
    await until(() => client.bytes === 5, { what: 'the output arrives' });
    expect(terminal.acknowledge(5)).toBe(true);
    expect(terminal.acknowledge(4)).toBe(false);
    expect(terminal.acknowledge(6)).toBe(false);
  });

  test('R19: a client that takes nothing is let go, and the shell goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await using opened = await open(flood);
      const client = new TestClient();
      opened.terminal.attach(client, undefined);
      // Real time: only setTimeout stands still.
      const stood = async () => {
        while (client.bytes <= highWatermarkBytes) await new Promise(setImmediate);
      };
      await stood();
      vi.advanceTimersByTime(30_000);
      expect(client.closed).toBe(closeCodes.slowClient);
      while (opened.terminal.offset < 3_000_000) await new Promise(setImmediate);
      vi.useRealTimers();
    } finally {
      vi.useRealTimers();
    }
  });

  test('R22: a resize reaches the programs', async () => {
    await using opened = await open('read line; stty size; read end');
    const client = new TestClient();
    opened.terminal.attach(client, undefined);
    opened.terminal.resize(132, 43);
    opened.terminal.input(Buffer.from('\n'));
    await until(() => client.text.includes('43 132'), { what: 'the size is told' });
  });

  test('R22: a resize in the moment in which the shell ends does no harm', async () => {
    await using opened = await open('sleep 0.1');
    for (let n = 0; opened.terminal.alive; n++) {
      opened.terminal.resize(80 + (n % 20), 24);
      await new Promise(setImmediate);
    }
    expect(opened.terminal.alive).toBe(false);
  });

  test('R21, R23: the end comes after the last output, and again for who attaches later', async () => {
    await using opened = await open('printf bye; exit 3');
    const { terminal, dir } = opened;
    const client = new TestClient();
    terminal.attach(client, undefined);
    await ended(terminal);
    const late = new TestClient();
    terminal.attach(late, undefined);
    for (const { text, messages, closed } of [client, late]) {
      expect(text).toBe('bye');
      expect(messages.at(-1)).toEqual({ type: 'exit', exitCode: 3 });
      expect(closed).toBe(closeCodes.shellExited);
    }
    terminal.input(Buffer.from('dropped'));
    await terminal.close();
    expect(await readRecording(dir, '1')).toEqual({ offset: 0, bytes: Buffer.from('bye') });
  });

  test('R24: closing the machine lets the client go', async () => {
    const opened = await open('read end');
    const client = new TestClient();
    opened.terminal.attach(client, undefined);
    await opened[Symbol.asyncDispose]();
    expect(client.closed).toBe(closeCodes.sandboxClosed);
  });
});
