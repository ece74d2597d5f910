import { chmod, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunnerEvent, SandboxInfo, TerminalServerMessage } from '@tatami/protocol';
import { buildEventPrograms, buildNative, until } from '@tatami/sandbox';
import { WebSocket } from 'ws';
import { testRootfs } from '../../../packages/sandbox/test/kernel-host.ts';
import { buildRunner, listen } from '../src/app.ts';
import { RunnerConfig } from '../src/config.ts';

/** The temporary folder of a test's runner, which holds `socket/runner.sock`. */
const folderOf = (socketPath: string): string => dirname(dirname(socketPath));

/** Settings of a runner in a temporary folder. */
export async function testConfig(
  overrides: Partial<Record<keyof RunnerConfig, string | number | undefined>> = {},
): Promise<RunnerConfig> {
  const native = await buildNative('/var/lib/tatami/native');
  const events = await buildEventPrograms('/var/lib/tatami/events');
  const given = overrides.TATAMI_RUNNER_SOCKET;
  const dir = given ? folderOf(String(given)) : await mkdtemp(join(tmpdir(), 'tatami-runner-'));
  // The sandbox's root, nobody on the host, has to reach the bundle below.
  await chmod(dir, 0o711);
  return RunnerConfig.parse({
    TATAMI_RUNNER_SOCKET: join(dir, 'socket/runner.sock'),
    TATAMI_STATE_DIR: join(dir, 'state'),
    TATAMI_DATA_DIR: join(dir, 'data'),
    TATAMI_ROOTFS: testRootfs(),
    TATAMI_NATIVE_BIN: native.bin,
    TATAMI_NATIVE_INIT: native.init,
    TATAMI_EVENTS_LOADER: events.loader,
    TATAMI_EVENTS_OBJECT: events.object,
    TATAMI_SEATS: 4,
    TATAMI_WARM: 1,
    TATAMI_LOG_LEVEL: 'silent',
    ...overrides,
  });
}

/** Settings of every runner that this test file has started. */
export const startedRunners: RunnerConfig[] = [];

/** A real runner on a Unix socket, and what a server does with it. */
export async function startRunner(overrides: Parameters<typeof testConfig>[0] = {}) {
  const config = await testConfig(overrides);
  startedRunners.push(config);
  const app = await buildRunner(config);
  await listen(app, config);
  return {
    config,
    ...connectRunner(config.TATAMI_RUNNER_SOCKET),
    async [Symbol.asyncDispose]() {
      await app.close();
      await rm(folderOf(config.TATAMI_RUNNER_SOCKET), { recursive: true, force: true });
    },
  };
}

/** What a server does with a runner, on whatever process it runs. */
export const connectRunner = (socketPath: string) => ({
  request: (method: string, path: string, body?: unknown) =>
    request(socketPath, method, path, body),
  async create(): Promise<SandboxInfo> {
    return SandboxInfo.parse((await request(socketPath, 'POST', '/sandboxes')).body);
  },
  terminal: (id: string, terminal: string, query: Record<string, string | number> = {}) =>
    openTerminal(socketPath, id, terminal, query),
  events: (id: string) => openEvents(socketPath, id),
});

function request(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    const call = http.request({ socketPath, method, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const raw = Buffer.concat(parts).toString();
        const json = answer.headers['content-type']?.includes('json');
        resolve({ status: answer.statusCode ?? 0, body: json ? JSON.parse(raw) : raw });
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** The longest command of the lesson looks for eight seconds. */
const expectTimeoutMs = 15_000;

/** A terminal client that acknowledges all it gets. */
export class TestTerminal {
  readonly socket: WebSocket;
  readonly messages: TerminalServerMessage[] = [];
  text = '';
  offset = 0;
  closeCode: number | undefined;

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.text += data.toString('utf8');
        this.offset += data.length;
        this.socket.send(JSON.stringify({ type: 'ack', offset: this.offset }));
        return;
      }
      const message = TerminalServerMessage.parse(JSON.parse(data.toString()));
      if (message.type === 'hello') this.#begin(message);
      this.messages.push(message);
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  #begin({ offset, snapshot }: Extract<TerminalServerMessage, { type: 'hello' }>): void {
    this.offset = offset;
    if (snapshot === null) return;
    this.text += snapshot;
    this.socket.send(JSON.stringify({ type: 'ack', offset }));
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  /** Waits until the output since the last call matches. */
  async expect(pattern: RegExp): Promise<RegExpMatchArray> {
    let match: RegExpMatchArray | null = null;
    await until(
      () => {
        match = this.text.match(pattern);
        return match !== null;
      },
      {
        what: `the terminal shows ${pattern}; it shows ${JSON.stringify(this.text.slice(-400))}`,
        timeoutMs: expectTimeoutMs,
      },
    );
    const found = match as unknown as RegExpMatchArray;
    this.text = this.text.slice((found.index ?? 0) + found[0].length);
    return found;
  }
}

async function openTerminal(
  socketPath: string,
  id: string,
  terminal: string,
  options: Record<string, string | number>,
): Promise<TestTerminal> {
  const entries = Object.entries(options).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(entries);
  const client = new TestTerminal(
    `ws+unix:${socketPath}:/sandboxes/${id}/terminals/${terminal}/stream?${query}`,
  );
  await until(() => client.messages.length > 0 || client.closeCode !== undefined, {
    what: 'the terminal says hello',
  });
  return client;
}

async function openEvents(socketPath: string, id: string): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  const socket = new WebSocket(`ws+unix:${socketPath}:/sandboxes/${id}/events`);
  socket.on('message', (data: Buffer) =>
    events.push(RunnerEvent.parse(JSON.parse(data.toString()))),
  );
  await until(() => events.length > 0, { what: 'the first event arrives' });
  return events;
}
