import {
  tunnelFrameKinds as kinds,
  type TunnelFrame,
  type TunnelFrameKind,
  TunnelFrameReader,
  tunnelCloseCode,
  tunnelFrame,
} from '@tatami/protocol';
import { eventually } from './running-server.ts';

interface Cookie {
  cookie: string;
}

/** A learner's tunnel, spoken by hand: nothing is done that a test did not ask for. */
export class TunnelClient {
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly frames: TunnelFrame[] = [];
  headers: Headers | undefined;
  /** How the long answer ended. */
  ended: 'not' | 'whole' | 'broken' = 'not';
  #number = 0;
  readonly #abort = new AbortController();

  constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.#headers = headers;
  }

  /** Makes a tunnel. @throws the status when it is refused. */
  static async make(origin: string, { cookie }: Cookie): Promise<TunnelClient> {
    const headers = { origin, cookie };
    const made = await fetch(`${origin}/api/tunnels`, { method: 'POST', headers });
    if (made.status !== 201) throw new Error(`refused with ${made.status}`);
    const { id } = (await made.json()) as { id: string };
    return new TunnelClient(`${origin}/api/tunnels/${id}`, headers);
  }

  /** The same tunnel, asked by another browser. */
  as({ cookie }: Cookie): TunnelClient {
    return new TunnelClient(this.url, { ...this.#headers, cookie });
  }

  ask(method: string, query = '', body?: Uint8Array<ArrayBuffer>): Promise<Response> {
    const headers = { ...this.#headers, 'content-type': 'application/octet-stream' };
    const given = body === undefined ? { headers: this.#headers } : { headers, body };
    return fetch(this.url + query, { method, ...given, signal: this.#abort.signal });
  }

  /** Posts frames under the next number. @returns the status. */
  async post(...frames: Uint8Array[]): Promise<number> {
    return this.postAs(++this.#number, ...frames);
  }

  async postAs(number: number, ...frames: Uint8Array[]): Promise<number> {
    return (await this.ask('POST', `?number=${number}`, new Uint8Array(Buffer.concat(frames))))
      .status;
  }

  /** Begins to read the long answer. */
  async stream(): Promise<this> {
    const answer = await this.ask('GET');
    this.headers = answer.headers;
    if (answer.status !== 200) throw new Error(`refused with ${answer.status}`);
    void this.#read(answer);
    return this;
  }

  /** @returns the bytes of the poll's answer, whose frames are kept. */
  async poll(number: number): Promise<Buffer> {
    const answer = await this.ask('GET', `?poll=${number}`);
    this.headers = answer.headers;
    if (answer.status !== 200) throw new Error(`refused with ${answer.status}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    this.frames.push(...framesOf(bytes));
    return bytes;
  }

  /** Goes away without a word. */
  leave(): void {
    this.#abort.abort();
  }

  of(channel: number, kind: TunnelFrameKind): Buffer[] {
    return this.frames
      .filter((frame) => frame.channel === channel && frame.kind === kind)
      .map(({ payload }) => Buffer.from(payload));
  }

  bytes(channel: number): Buffer {
    return Buffer.concat(this.of(channel, kinds.bytes));
  }

  texts(channel: number): { type: string }[] {
    return this.of(channel, kinds.text).map((text) => JSON.parse(text.toString()));
  }

  /** Waits for the end of a channel. @returns its code. */
  async closed(channel: number): Promise<number> {
    const close = () =>
      this.frames.find((one) => one.channel === channel && one.kind === kinds.close);
    await eventually(`channel ${channel} is closed`, () => close() !== undefined);
    return tunnelCloseCode(close() as TunnelFrame);
  }

  async #read(answer: Response): Promise<void> {
    const reader = new TunnelFrameReader(4 * 1024 * 1024);
    try {
      for await (const bytes of answer.body ?? []) this.frames.push(...(reader.push(bytes) ?? []));
      this.ended = 'whole';
    } catch {
      this.ended = 'broken';
    }
  }
}

function framesOf(bytes: Uint8Array): TunnelFrame[] {
  const reader = new TunnelFrameReader(4 * 1024 * 1024);
  const frames = reader.push(bytes);
  if (!frames || !reader.isWhole) throw new Error('an answer holds a part of a frame');
  return frames;
}

export const openFrame = (channel: number, path: string) =>
  tunnelFrame(kinds.open, channel, Buffer.from(path));
export const textFrame = (channel: number, text: string) =>
  tunnelFrame(kinds.text, channel, Buffer.from(text));
export const bytesFrame = (channel: number, bytes: string | Buffer) =>
  tunnelFrame(kinds.bytes, channel, Buffer.from(bytes as string));
