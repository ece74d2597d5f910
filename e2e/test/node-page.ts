import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { TerminalConnection } from '../../apps/web/src/terminal/terminal-connection.ts';
import { Line } from '../../apps/web/src/transport/line.ts';
import { labId } from './lab-page.ts';

/** What a terminal's bytes are kept for: enough to find the marks around what is counted. */
const tailBytes = 256;

/** The page's own half of the stream, without a page: a learner at terminal 1 of a machine of their own. */
export class NodePage {
  readonly line: Line;
  readonly connection: TerminalConnection;
  readonly ask: (method: string, path: string) => Promise<Response>;
  /** Bytes that were given to the screen, and of them those that it has parsed. */
  received = 0;
  parsed = 0;
  /** Times the screen was cleared because bytes were lost. */
  resets = 0;
  /** While set, the screen parses nothing. */
  isHeld = false;
  tail = '';
  #held: (() => void)[] = [];
  #hash = createHash('sha256');

  private constructor(origin: string, cookie: string) {
    const headers = { cookie, origin };
    // A browser adds these by itself, and has a WebSocket; Node 20 has none.
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(url, { headers });
        // Its `close` tells enough.
        this.on('error', () => undefined);
      }
    } as unknown as typeof globalThis.WebSocket;
    const fetchAsPage: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...init?.headers, ...headers } });
    this.ask = (method, path) => fetchAsPage(origin + path, { method });
    const memory = new Map<string, string>();
    this.line = new Line({
      origin,
      fetch: fetchAsPage,
      memory: {
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => void memory.set(key, value),
      },
    });
    this.connection = new TerminalConnection(
      {
        path: ({ from, cols, rows, newShell }) =>
          `/api/labs/${labId}/terminals/1/stream?from=${from}&cols=${cols}&rows=${rows}${newShell ? '&new=1' : ''}`,
        openTransport: this.line.open,
        screen: { write: (data, done) => this.#write(data, done), take: () => undefined },
        onState: () => undefined,
      },
      { cols: 80, rows: 24 },
    );
  }

  /** Makes a session and a machine, and opens its terminal. */
  static async open(origin: string): Promise<NodePage> {
    const session = await fetch(`${origin}/api/session`);
    const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = new NodePage(origin, cookie);
    const started = await page.ask('POST', `/api/labs/${labId}/machine`);
    if (!started.ok) throw new Error(`no machine: ${started.status} ${await started.text()}`);
    page.connection.open();
    await page.shows(/\$ $/);
    return page;
  }

  /** Waits until what came last matches. */
  async shows(pattern: RegExp, withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!pattern.test(this.tail)) {
      if (Date.now() > deadline) throw new Error(`the terminal shows ${JSON.stringify(this.tail)}`);
      await delay(10);
    }
  }

  /** Waits for the byte of this number. */
  async gets(bytes: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.received < bytes) {
      if (Date.now() > deadline) throw new Error(`${this.received} of ${bytes} bytes came`);
      await delay(2);
    }
  }

  /** Waits until nothing comes any more. */
  async standsStill(): Promise<void> {
    for (let before = -1; before !== this.received; await delay(500)) before = this.received;
  }

  /** Types into a shell that is ready. */
  async type(text: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!this.connection.send(text)) {
      if (Date.now() > deadline) throw new Error('nothing can be typed');
      await delay(10);
    }
  }

  /** Counts anew from the next byte. */
  count(): void {
    this.received = this.parsed = 0;
    this.tail = '';
    this.#hash = createHash('sha256');
  }

  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Lets the screen parse what it has. */
  release(): void {
    this.isHeld = false;
    for (const done of this.#held.splice(0)) done();
  }

  async close(): Promise<void> {
    this.connection.close();
    this.line.close();
    await this.ask('DELETE', `/api/labs/${labId}/machine`);
  }

  #write(data: Uint8Array | string, done?: () => void): void {
    // Only the connection itself writes text: nothing, to know when it is parsed, or what clears the screen.
    if (typeof data === 'string') {
      if (data !== '') this.resets += 1;
      done?.();
      return;
    }
    this.received += data.length;
    this.#hash.update(data);
    this.tail = (this.tail + Buffer.from(data).toString('latin1')).slice(-tailBytes);
    const parse = () => {
      this.parsed += data.length;
      done?.();
    };
    if (this.isHeld) this.#held.push(parse);
    else setImmediate(parse);
  }
}
