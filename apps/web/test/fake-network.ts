import {
  tunnelFrameKinds as kinds,
  type TunnelFrame,
  TunnelFrameReader,
  tunnelBeatMs,
  tunnelFrame,
} from '@tatami/protocol';

const latencyMs = 10;
const latency = () => new Promise((resolve) => setTimeout(resolve, latencyMs));

/** What stands between a page and a server that greets every stream and says back what it gets. */
export class FakeNetwork {
  sockets: 'pass' | 'refuse' | 'hold' = 'pass';
  http: 'pass' | 'hold' = 'pass';
  isServerAway = false;
  /** What the page asked for, WebSockets by their path alone. */
  readonly asked: string[] = [];
  #server = new FakeServer();

  /** The class of WebSockets in this network. */
  get WebSocket(): unknown {
    const network = this;
    return class {
      readyState = 0;
      onmessage: ((event: { data: string }) => void) | null = null;
      onclose: ((event: { code: number }) => void) | null = null;
      constructor(url: string) {
        network.asked.push(new URL(url).pathname);
        setTimeout(() => {
          if (network.isServerAway || network.sockets === 'refuse')
            return this.onclose?.({ code: 1006 });
          this.readyState = 1;
          if (network.sockets === 'pass') this.onmessage?.({ data: 'hello' });
        }, latencyMs);
      }
      send(data: string): void {
        this.onmessage?.({ data });
      }
      close(): void {
        this.readyState = 3;
      }
    };
  }

  readonly fetch = async (
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(input));
    const method = init.method ?? 'GET';
    this.asked.push(`${method} ${pathname}`);
    await latency();
    if (this.isServerAway) throw new TypeError('nobody answers');
    if (pathname === '/healthz' || method === 'DELETE') return new Response(null);
    if (pathname === '/api/tunnels') {
      this.#server = new FakeServer();
      return Response.json({ id: '0'.repeat(32) }, { status: 201 });
    }
    if (method === 'POST') return this.#server.take(init.body as Uint8Array);
    if (searchParams.has('poll')) return this.#server.poll();
    if (this.http === 'pass') return this.#server.stream();
    return new Promise((_resolve, reject) => init.signal?.addEventListener('abort', reject));
  };
}

/** The far end of one tunnel. */
class FakeServer {
  readonly #reader = new TunnelFrameReader(1_000_000);
  #frames: Uint8Array<ArrayBuffer>[] = [tunnelFrame(kinds.beat, 0)];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  take(body: Uint8Array): Response {
    for (const frame of this.#reader.push(body) ?? []) this.#answer(frame);
    this.#flow();
    return new Response(null, { status: 204 });
  }

  stream(): Response {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#controller = controller;
      this.#flow();
      setInterval(() => controller.enqueue(tunnelFrame(kinds.beat, 0)), tunnelBeatMs);
    };
    return new Response(new ReadableStream<Uint8Array>({ start }));
  }

  async poll(): Promise<Response> {
    while (this.#frames.length === 0) await latency();
    return new Response(this.#frames.shift() ?? null);
  }

  #answer({ kind, channel, payload }: TunnelFrame): void {
    const text = kind === kinds.open ? new TextEncoder().encode('hello') : payload;
    if (kind === kinds.open || kind === kinds.text)
      this.#frames.push(tunnelFrame(kinds.text, channel, text));
  }

  #flow(): void {
    if (!this.#controller) return;
    for (const frame of this.#frames.splice(0)) this.#controller.enqueue(frame);
  }
}
