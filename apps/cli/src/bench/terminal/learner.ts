import { once } from 'node:events';
import { WebSocket } from 'ws';

const lab = '03-unshare-nsenter';

/** A learner of the real server with a machine, and its events open as a page has them. */
export class Learner {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #events: WebSocket;

  private constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
    this.#events = new WebSocket(`${this.#address('ws')}/events`, { headers });
    this.#events.on('error', () => undefined);
  }

  /** @param number the server sees one address for each: new sessions of one address are limited. */
  static async begin(url: string, number: number): Promise<Learner> {
    const address = { 'x-forwarded-for': `10.0.${number >> 8}.${number & 255}` };
    const session = await fetch(`${url}/api/session`, { headers: address });
    const cookie = session.headers.getSetCookie()[0]?.split(';')[0];
    if (!session.ok || !cookie) throw new Error(`no session: ${session.status}`);
    const headers = { ...address, cookie };
    await call(`${url}/api/labs/${lab}/machine`, 'POST', headers);
    const learner = new Learner(url, headers);
    await once(learner.#events, 'message');
    return learner;
  }

  /** Where the stream of a terminal is, and what opens it. */
  stream(terminal: number): { url: string; headers: Record<string, string> } {
    const url = `${this.#address('ws')}/terminals/${terminal}/stream`;
    // Named here, so that a proxy on another port can pass it on.
    return { url, headers: { ...this.#headers, host: new URL(this.#url).host } };
  }

  /** Closes the machine. */
  async end(): Promise<void> {
    this.#events.close();
    await call(`${this.#address('http')}/machine`, 'DELETE', this.#headers);
  }

  #address(protocol: 'http' | 'ws'): string {
    return `${this.#url.replace(/^http/, protocol)}/api/labs/${lab}`;
  }
}

async function call(url: string, method: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { method, headers });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
