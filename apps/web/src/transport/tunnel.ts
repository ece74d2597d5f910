import {
  closeCodes,
  tunnelFrameKinds as kinds,
  maxTunnelFrameBytes,
  type TunnelFrame,
  TunnelFrameReader,
  TunnelInfo,
  tunnelCloseCode,
  tunnelFrame,
  tunnelSilenceMs,
} from '@tatami/protocol';
import { type Ask, askAgain, Refused } from './ask.ts';
import { Outbox } from './outbox.ts';
import type { Transport, TransportEvents } from './transport.ts';

/**
 * Why a tunnel ended: the server could not be asked, its first answer did not come in time, or
 * whatever came later. `close` is not told.
 */
export type TunnelEnd = 'unreachable' | 'silent' | 'ended';

interface Options {
  ask: Ask;
  way: 'http' | 'poll';
  /** The first frame has come: this way works. */
  onHeard: () => void;
  onEnd: (end: TunnelEnd) => void;
}

/** A network that passes answers on while they last does so well within this. */
const firstFrameMs = 3_000;
const path = '/api/tunnels';

/** Streams over plain HTTP: the near end of their channels (docs/protocol.md, H rules). */
export class Tunnel {
  readonly #options: Options;
  readonly #channels = new Map<number, TransportEvents>();
  readonly #outbox: Outbox;
  #id: string | null = null;
  #last = 0;
  #heard = false;
  #isOver = false;
  /** Of the answer that is being read. */
  #abort = new AbortController();
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#outbox = new Outbox((number, body) => this.#post(number, body));
    void this.#run().catch((error: unknown) => this.#failed(error));
  }

  /** Opens a channel to where a WebSocket at `address` would go. */
  open(address: string, events: TransportEvents): Transport {
    const number = ++this.#last;
    this.#channels.set(number, events);
    this.#outbox.put(tunnelFrame(kinds.open, number, new TextEncoder().encode(address)));
    const isOpen = () => this.#channels.has(number);
    return {
      way: this.#options.way,
      get open() {
        return isOpen();
      },
      send: (data) => {
        if (!isOpen()) return;
        const text = typeof data === 'string';
        const bytes = text ? new TextEncoder().encode(data) : data;
        this.#outbox.put(tunnelFrame(text ? kinds.text : kinds.bytes, number, bytes));
      },
      close: () => {
        if (this.#channels.delete(number)) this.#outbox.put(tunnelFrame(kinds.close, number));
      },
    };
  }

  /** Idempotent; ends every channel with `code`. */
  close(code = 1006): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abort.abort();
    this.#outbox.close();
    clearTimeout(this.#watch);
    this.#leave();
    const events = [...this.#channels.values()];
    this.#channels.clear();
    for (const { onClose } of events) onClose(code);
  }

  async #run(): Promise<void> {
    const { ask, way } = this.#options;
    const made = await ask(path, { method: 'POST', signal: this.#abort.signal });
    this.#id = TunnelInfo.parse(await made.json()).id;
    if (this.#isOver) return this.#leave();
    this.#outbox.start();
    const frames = new TunnelFrameReader(maxTunnelFrameBytes);
    // A poll is answered within a beat; a long answer begins at once.
    this.#expect(way === 'http' ? firstFrameMs : tunnelSilenceMs);
    if (way === 'http') {
      const answer = await this.#get('');
      const reader = answer.body?.getReader();
      for (let read = await reader?.read(); read?.value; read = await reader?.read())
        this.#take(frames.push(read.value));
    }
    for (let number = 1; way === 'poll' && !this.#isOver; number++) {
      const answer = await this.#again(() => this.#get(`?poll=${number}`));
      this.#take(frames.push(new Uint8Array(await answer.arrayBuffer())));
    }
    this.#end('ended');
  }

  /** Ends the far side, even while the page is left. */
  #leave(): void {
    if (this.#id === null) return;
    const request = { method: 'DELETE', keepalive: true };
    void this.#options.ask(`${path}/${this.#id}`, request).catch(() => undefined);
  }

  /** A signal of its own each time: one for thousands of polls would remember them all. */
  #get(query: string): Promise<Response> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    return this.#options.ask(`${path}/${this.#id}${query}`, { signal });
  }

  #again(ask: () => Promise<Response>): Promise<Response> {
    return askAgain(ask, () => !this.#isOver);
  }

  async #post(number: number, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    const url = `${path}/${this.#id}?number=${number}`;
    try {
      await this.#again(() => this.#options.ask(url, { method: 'POST', headers, body }));
    } catch (error) {
      this.#failed(error);
    }
  }

  #take(frames: TunnelFrame[] | null): void {
    if (!frames) throw new Error('the server sent what is no frame');
    if (frames.length === 0) return;
    if (!this.#heard) this.#options.onHeard();
    this.#heard = true;
    this.#expect(tunnelSilenceMs);
    for (const frame of frames) this.#tell(frame);
  }

  #tell(frame: TunnelFrame): void {
    // A poll tells the server that we are here; a long answer does not.
    if (frame.kind === kinds.beat && this.#options.way === 'http')
      this.#outbox.put(tunnelFrame(kinds.beat, 0));
    const channel = this.#channels.get(frame.channel);
    if (frame.kind === kinds.text) channel?.onMessage(new TextDecoder().decode(frame.payload));
    else if (frame.kind === kinds.bytes) channel?.onMessage(frame.payload);
    else if (frame.kind === kinds.close) {
      this.#channels.delete(frame.channel);
      channel?.onClose(tunnelCloseCode(frame));
    }
  }

  #expect(withinMs: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#end(this.#heard ? 'ended' : 'silent'), withinMs);
  }

  #failed(error: unknown): void {
    if (error instanceof Refused && error.status === 429) this.#end('ended', closeCodes.tooFast);
    else if (error instanceof Refused && error.status === 401)
      this.#end('ended', closeCodes.unauthorized);
    else if (this.#id === null) this.#end('unreachable');
    else this.#end(this.#heard ? 'ended' : 'silent');
  }

  #end(end: TunnelEnd, code = 1006): void {
    if (this.#isOver) return;
    this.#options.onEnd(end);
    this.close(code);
  }
}
