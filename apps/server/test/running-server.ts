import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  closeCodes,
  LearnerEvent,
  MadeInvitation,
  type Role,
  Session,
  TerminalServerMessage,
} from '@tatami/protocol';
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
  const runner = await startEchoRunner(config.TATAMI_RUNNER_SOCKET, config.TATAMI_HANDOFF);
  const app = await buildServer(config);
  const url = await app.listen({ host: config.TATAMI_HOST, port: config.TATAMI_PORT });
  let admin: TestBrowser | undefined;
  return {
    app,
    config,
    runner,
    url,
    browser: () => openBrowser(url),
    /** A browser of somebody of the staff, who is made by invitation; the first to come is the admin. */
    async staff(role: Role = 'admin', name: string = role) {
      admin ??= await joinStaff(url, await setupToken(config), 'admin');
      if (role === 'admin' && name === role) return admin;
      const { body } = await admin.call('POST', '/api/invitations', { role });
      return joinStaff(url, MadeInvitation.parse(body).token, name);
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await runner[Symbol.asyncDispose]();
      await rm(dirname(config.TATAMI_RUNNER_SOCKET), { recursive: true, force: true });
    },
  };
}

export type TestBrowser = Awaited<ReturnType<typeof openBrowser>>;

/** What the set-up link of a server without accounts proves itself by. */
export const setupToken = async ({ TATAMI_DATA_DIR }: ServerConfig): Promise<string> =>
  (await readFile(join(TATAMI_DATA_DIR, 'setup-link.token'), 'utf8')).trim();

/** The password of everybody whom {@link joinStaff} made. */
export const staffPassword = 'correct horse battery';

/** Accepts an invitation in a new browser. */
export async function joinStaff(url: string, token: string, name: string): Promise<TestBrowser> {
  const browser = await openBrowser(url);
  const acceptance = { token, name, password: staffPassword };
  const { status, body } = await browser.call('POST', '/api/invitations/accepted', acceptance);
  if (status !== 200) throw new Error(`the invitation was refused: ${JSON.stringify(body)}`);
  return browser;
}

/** The cookies that a browser holds after an answer. */
function cookiesAfter(before: string, set: string[]): string {
  const parted = (one: string) => [one.slice(0, one.indexOf('=')), one] as const;
  const cookies = new Map(before.split('; ').filter(Boolean).map(parted));
  for (const one of set.map((line) => line.split(';')[0] ?? ''))
    if (one.endsWith('=')) cookies.delete(one.slice(0, -1));
    else cookies.set(...parted(one));
  return [...cookies.values()].join('; ');
}

/** A browser: keeps its cookies and says where its pages come from. */
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
      const [set, ...more] = response.headers.getSetCookie();
      if (set) browser.cookie = cookiesAfter(browser.cookie, [set, ...more]);
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
