import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { TerminalServerMessage } from '@tatami/protocol';
import { WebSocket } from 'ws';

const patienceMs = 10_000;
const keyEveryMs = 20;

/** A terminal stream's client that waits without polling, so that its own clock does not blur the figures. */
export class TerminalClient {
  readonly #socket: WebSocket;
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #offset = 0;
  #ended: Error | undefined;
  #changed: () => void = () => undefined;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false, headers });
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#output(data);
      else this.#control(data.toString());
    });
    const ended = (error: Error) => {
      this.#ended = error;
      this.#changed();
    };
    this.#socket.on('error', ended);
    this.#socket.on('close', (code) => ended(new Error(`the terminal closed with ${code}`)));
  }

  /** The output since the last `type`. */
  get text(): string {
    return this.#text;
  }

  type(text: string): void {
    this.#text = '';
    this.#socket.send(Buffer.from(text));
  }

  /** Waits until the output since the last `type` holds `text`. @throws when the terminal ends, or after 10 s. */
  async awaits(text: string): Promise<void> {
    const timer = setTimeout(() => {
      this.#ended ??= new Error(`the terminal does not show ${JSON.stringify(text)}`);
      this.#changed();
    }, patienceMs);
    try {
      while (!this.#text.includes(text)) {
        if (this.#ended) throw this.#ended;
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the output since the last `type` comes to match within this time. */
  async shows(pattern: RegExp, withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs;
    while (!pattern.test(this.#text)) {
      if (this.#ended) throw this.#ended;
      const left = end - performance.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
    return true;
  }

  /** Types at an even pace for a while, and rubs out again. @returns each key's way to the shell and back. */
  async echoes(forMs: number): Promise<number[]> {
    const times: number[] = [];
    const end = performance.now() + forMs;
    for (let n = 0; performance.now() < end; n++) {
      const pressed = performance.now();
      this.type(n % 2 === 0 ? 'x' : '\x7f');
      await this.awaits(n % 2 === 0 ? 'x' : '\b');
      times.push(performance.now() - pressed);
      await delay(Math.max(0, keyEveryMs - (performance.now() - pressed)));
    }
    return times;
  }

  close(): void {
    this.#socket.close();
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  #output(data: Buffer): void {
    this.#text += this.#decoder.write(data);
    this.#offset += data.length;
    this.#acknowledge();
    this.#changed();
  }

  #acknowledge(): void {
    this.#socket.send(JSON.stringify({ type: 'ack', offset: this.#offset }));
  }

  #control(text: string): void {
    const message = TerminalServerMessage.parse(JSON.parse(text));
    if (message.type !== 'hello') return;
    this.#offset = message.offset;
    if (message.snapshot === null) return;
    this.#text += message.snapshot;
    this.#acknowledge();
    this.#changed();
  }
}
