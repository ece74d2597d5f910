import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { TerminalClient } from '../../rehearsal/terminal-client.ts';

const lab = '03-unshare-nsenter';
const step = '02-namespaces';
const everyMs = 1_000;
/** What learners type between the commands of a lesson. */
const commands = ['id', 'ls -l /proc/self/ns', 'ps', 'hostname', 'ip -brief link', 'findmnt /proc'];

/** A learner over the real server: a session, the events of a lab, a step open, a terminal that is typed into. */
export class BusyLearner {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #events: WebSocket;
  readonly #terminal: TerminalClient;
  #typing: Promise<void> | undefined;
  #over = false;

  private constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
    const socket = `${url.replace('http:', 'ws:')}/api/labs/${lab}`;
    this.#events = new WebSocket(`${socket}/events`, { headers });
    this.#events.on('error', () => undefined);
    this.#terminal = new TerminalClient(`${socket}/terminals/1/stream`, headers);
  }

  /** Begins the step in a machine of its own; resolves at the prompt. */
  static async begin(url: string): Promise<BusyLearner> {
    const session = await fetch(`${url}/api/session`);
    const cookie = session.headers.getSetCookie()[0]?.split(';')[0];
    if (!session.ok || !cookie) throw new Error(`no session: ${session.status}`);
    const headers = { cookie };
    await call(`${url}/api/labs/${lab}/machine`, 'POST', headers);
    await call(`${url}/api/labs/${lab}/step`, 'PUT', headers, { stepId: step });
    const learner = new BusyLearner(url, headers);
    await learner.#terminal.awaits('lab-host');
    return learner;
  }

  /** Types a command a second from now on, the first after `phase` of one. */
  work(phase: number): void {
    this.#typing = (async () => {
      await delay(everyMs * phase);
      for (let n = 0; !this.#over; n++) {
        this.#terminal.type(`${commands[n % commands.length]}\r`);
        await delay(everyMs);
      }
    })();
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#typing;
    this.#terminal.close();
    this.#events.close();
    await call(`${this.#url}/api/labs/${lab}/machine`, 'DELETE', this.#headers);
  }
}

async function call(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<void> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
