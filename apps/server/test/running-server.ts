import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeCodes, LearnerEvent, Session, TerminalServerMessage } from '@tatami/protocol';
import { WebSocket } from 'ws';
import { buildServer } from '../src/app.ts';
import { ServerConfig } from '../src/config.ts';
import { startEchoRunner } from './echo-runner.ts';

/** Settings of a server in a temporary folder, with the labs and the page of this folder. */
export async function testConfig(overrides: Record<string, string> = {}): Promise<ServerConfig> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-server-'));
  return ServerConfig.parse({
    TATAMI_PORT: '0',
    TATAMI_DATA_DIR: join(dir, 'data'),
    TATAMI_RUNNER_SOCKET: join(dir, 'runner.sock'),
    TATAMI_LABS_DIR: join(import.meta.dirname, 'labs'),
    TATAMI_WEB_DIR: join(import.meta.dirname, 'web'),
    TATAMI_LOG_LEVEL: 'silent',
    ...overrides,
  });
}

/** Waits for a condition; fails by name when it takes longer. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 4000,
) {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A real server on a free port with an echo runner behind it. */
export async function startServer(overrides: Record<string, string> = {}) {
  const config = await testConfig(overrides);
  const runner = await startEchoRunner(config.TATAMI_RUNNER_SOCKET);
  const app = await buildServer(config);
  const url = await app.listen({ host: config.TATAMI_HOST, port: config.TATAMI_PORT });
  return {
    app,
    config,
    runner,
    url,
    browser: () => openBrowser(url),
    async [Symbol.asyncDispose]() {
      await app.close();
      await runner[Symbol.asyncDispose]();
      await rm(dirname(config.TATAMI_RUNNER_SOCKET), { recursive: true, force: true });
    },
  };
}

/** A learner's browser: keeps its cookie and says where its pages come from. */
export async function openBrowser(url: string, cookie?: string) {
  const browser = {
    cookie: cookie ?? '',
    async call(method: string, path: string, body?: unknown) {
      const response = await fetch(url + path, {
        method,
        headers: {
          origin: url,
          cookie: browser.cookie,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const set = response.headers.getSetCookie()[0];
      if (set) browser.cookie = set.split(';')[0] ?? '';
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: json ? JSON.parse(text) : text, set };
    },
    async session(): Promise<Session> {
      return Session.parse((await browser.call('GET', '/api/session')).body);
    },
    socket(path: string, headers: Record<string, string> = {}) {
      return new TestSocket(url.replace('http', 'ws') + path, {
        origin: url,
        cookie: browser.cookie,
        ...headers,
      });
    },
  };
  if (!cookie) await browser.session();
  return browser;
}

/** A WebSocket that remembers what it got. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly texts: unknown[] = [];
  bytes = Buffer.of();
  closeCode: number | undefined;

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.bytes = Buffer.concat([this.bytes, data]);
      else this.texts.push(JSON.parse(data.toString()));
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  get events(): LearnerEvent[] {
    return this.texts.map((text) => LearnerEvent.parse(text));
  }

  get controls(): TerminalServerMessage[] {
    return this.texts.map((text) => TerminalServerMessage.parse(text));
  }

  /** Waits for the first text frame. */
  async opened(): Promise<this> {
    await eventually('a first frame arrives', () => this.texts.length > 0);
    return this;
  }

  async closed(code: keyof typeof closeCodes | number): Promise<void> {
    const wanted = typeof code === 'number' ? code : closeCodes[code];
    await eventually(
      `the socket closes with ${wanted}, not ${this.closeCode}`,
      () => this.closeCode === wanted,
    );
  }
}
