import { type Ask, askOf } from './ask.ts';
import {
  type OpenTransport,
  type Transport,
  type TransportEvents,
  type Way,
  webSocketTransport,
} from './transport.ts';
import { Tunnel, type TunnelEnd } from './tunnel.ts';

/** A network that holds a WebSocket's first message back this long holds back what is typed too. */
const firstMessageMs = 4_000;
/** Waits before the WebSocket is tried anew: it may have failed because the server was being restarted. */
const triesMs = [5_000, 30_000, 120_000, 600_000];
const probePath = '/api/websocket';
const ways: readonly string[] = ['websocket', 'http', 'poll'] satisfies Way[];

interface Options {
  origin: string;
  fetch: typeof fetch;
  /** What worked last in this browser tab, and where to keep it. */
  memory: Pick<Storage, 'getItem' | 'setItem'>;
}

const memoryKey = 'tatami.way';

/**
 * A page's line to the server: WebSockets where the network lets them through, else one tunnel for
 * all streams, as one long answer or, where answers are held back until they end, by polls.
 */
export class Line {
  readonly #options: Options;
  readonly #ask: Ask;
  #way: Way;
  /** Something has come by this way: silence is the server's own then. */
  #isProven = false;
  #tunnel: Tunnel | null = null;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#ask = askOf(options.fetch, options.origin);
    const known = options.memory.getItem(memoryKey);
    this.#way = isWay(known) ? known : 'websocket';
  }

  get way(): Way {
    return this.#way;
  }

  /** Opens a stream by the way that is thought to work; when it does not, the next stream goes another. */
  readonly open: OpenTransport = (path, events) =>
    this.#way === 'websocket'
      ? this.#overWebSocket(path, events)
      : this.#throughTunnel(path, events);

  /** Ends what would outlive the page. */
  close(): void {
    clearTimeout(this.#timer);
    this.#tunnel?.close();
    this.#tunnel = null;
  }

  #overWebSocket(path: string, events: TransportEvents): Transport {
    const { origin } = this.#options;
    let heard = false;
    const transport = webSocketTransport(origin, path, {
      onMessage: (data) => {
        if (!heard) this.#works('websocket');
        heard = true;
        events.onMessage(data);
      },
      onClose: (code) => {
        clearTimeout(timer);
        if (code >= 4000) this.#works('websocket');
        else if (!heard) this.#go('http', 'websocket');
        events.onClose(code);
      },
    });
    const timer = setTimeout(() => {
      if (heard || this.#isProven) return;
      transport.close();
      this.#go('http', 'websocket');
      events.onClose(1006);
    }, firstMessageMs);
    return {
      ...{ way: transport.way, send: transport.send },
      get open() {
        return transport.open;
      },
      close() {
        clearTimeout(timer);
        transport.close();
      },
    };
  }

  #throughTunnel(path: string, events: TransportEvents): Transport {
    const way = this.#way === 'poll' ? 'poll' : 'http';
    this.#tunnel ??= new Tunnel({
      ask: this.#ask,
      way,
      onHeard: () => this.#works(way),
      onEnd: (end) => this.#tunnelEnded(end, way),
    });
    return this.#tunnel.open(path, events);
  }

  #tunnelEnded(end: TunnelEnd, way: 'http' | 'poll'): void {
    this.#tunnel = null;
    // The server itself is away: nothing is known of the network.
    if (end === 'unreachable') this.#go('websocket', way);
    else if (end === 'silent') this.#go(way === 'http' ? 'poll' : 'websocket', way);
  }

  #works(way: Way): void {
    if (way !== this.#way) return;
    this.#isProven = true;
    this.#options.memory.setItem(memoryKey, way);
    if (way === 'websocket') this.#tries = 0;
    else this.#tryLater();
  }

  /** Leaves `from` for another way; several streams may notice the same failure. */
  #go(way: Way, from: Way): void {
    if (this.#way !== from) return;
    this.#way = way;
    this.#isProven = false;
    clearTimeout(this.#timer);
  }

  #tryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#probe(), triesMs[this.#tries] ?? triesMs.at(-1));
    this.#tries += 1;
  }

  /** Opens a WebSocket that says one word; when it comes, all streams move over to WebSockets. */
  #probe(): void {
    const from = this.#way;
    const done = (works: boolean) => {
      clearTimeout(timer);
      probe.close();
      if (this.#way !== from) return;
      if (!works) return this.#tryLater();
      this.#go('websocket', from);
      this.close();
    };
    const probe = webSocketTransport(this.#options.origin, probePath, {
      onMessage: () => done(true),
      onClose: () => done(false),
    });
    const timer = setTimeout(() => done(false), firstMessageMs);
  }
}

const isWay = (text: string | null): text is Way => text !== null && ways.includes(text);
