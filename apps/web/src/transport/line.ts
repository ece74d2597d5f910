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
const healthPath = '/healthz';
/** Where WebSockets worked before, so many fail while the server answers HTTP before they are given up. */
const refusalsToLeave = 2;
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
  /** WebSockets that failed since one worked in this browser tab; null when none ever has. */
  #refusals: number | null;
  #isAsking = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#ask = askOf(options.fetch, options.origin);
    const known = options.memory.getItem(memoryKey);
    this.#way = isWay(known) ? known : 'websocket';
    this.#refusals = known === 'websocket' ? 0 : null;
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
    this.#stopTrying();
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
        else if (!heard) void this.#refused();
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
    if (way === 'websocket') this.#tries = this.#refusals = 0;
    else this.#tryLater();
  }

  /** A WebSocket failed: the network may not let it through, or the server is away for a moment. */
  async #refused(): Promise<void> {
    this.#isProven = false;
    // Several streams fail at once.
    if (this.#isAsking) return;
    if (this.#refusals !== null) {
      this.#isAsking = true;
      const answers = await this.#ask(healthPath, { cache: 'no-store' }).then(
        () => true,
        () => false,
      );
      this.#isAsking = false;
      this.#refusals = answers ? this.#refusals + 1 : 0;
      if (this.#refusals < refusalsToLeave) return;
    }
    this.#go('http', 'websocket');
  }

  /** Leaves `from` for another way; several streams may notice the same failure. */
  #go(way: Way, from: Way): void {
    if (this.#way !== from) return;
    this.#way = way;
    this.#isProven = false;
    this.#stopTrying();
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(() => this.#probe(), triesMs[this.#tries] ?? triesMs.at(-1));
  }

  #stopTrying(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Opens a WebSocket that says one word; when it comes, all streams move over to WebSockets. */
  #probe(): void {
    const from = this.#way;
    this.#tries += 1;
    const done = (works: boolean) => {
      clearTimeout(timer);
      probe.close();
      this.#timer = undefined;
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
