import { ackEveryBytes, closeCodes, ringBytes, TerminalClientMessage } from '@tatami/protocol';
import type { WebSocket } from 'ws';
import type { Channel } from '../streams/channel.ts';
import { type Frame, type Hello, ScreenFeed } from './screen-feed.ts';

/** What is kept of the feed, so that whoever began beside it can join it. */
const tailBytes = 256 * 1024;
/** Beyond a whole replay: what a watcher has not parsed. Whoever is slower begins anew. */
const windowBytes = ringBytes + tailBytes;
const maxUnsentBytes = 256 * 1024;
const retryMs = 1_000;

/** `at` is the offset after all that it was sent; null while it waits for a beginning. */
interface Watching {
  at: number | null;
  sent: number;
  parsed: number;
}

/** What somebody who comes now is sent first. */
interface Beginning {
  feed: ScreenFeed;
  hello: Hello | undefined;
  frames: Frame[];
}

/**
 * One terminal for as many as want to see it, by the rules for viewers of docs/protocol.md. One stream of the runner
 * feeds all; another, short one makes a beginning for those who have just come or were left behind, all at once.
 * Each has a window of its own, and nobody waits for anybody else.
 */
export class SharedScreen {
  readonly #connect: (query: string) => WebSocket;
  readonly #onOver: () => void;
  readonly #watchers = new Map<Channel, Watching>();
  #feed: ScreenFeed | undefined;
  #isFed = false;
  #tail: Frame[] = [];
  #tailBytes = 0;
  #beginning: Beginning | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** `connect` opens the terminal as a viewer; `onOver` tells that there is nothing to see any more. */
  constructor(connect: (query: string) => WebSocket, onOver: () => void) {
    this.#connect = connect;
    this.#onOver = onOver;
    this.#open();
  }

  watch(channel: Channel): void {
    if (this.#isOver) {
      channel.close(closeCodes.sandboxClosed);
      return;
    }
    const watching: Watching = { at: null, sent: 0, parsed: 0 };
    this.#watchers.set(channel, watching);
    channel.on('close', () => this.#watchers.delete(channel));
    channel.on('drain', () => this.#begin());
    channel.on('message', (data, isBinary) => {
      const message = isBinary ? null : messageOf(data);
      if (message?.type !== 'ack') return;
      watching.parsed = Math.max(watching.parsed, message.offset);
      if (watching.at === null) this.#begin();
    });
    this.#begin();
  }

  /** Idempotent: nothing more is seen. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#feed?.close();
    this.#beginning?.feed.close();
    for (const channel of [...this.#watchers.keys()]) channel.close(closeCodes.sandboxClosed);
    this.#watchers.clear();
    this.#onOver();
  }

  #open(): void {
    const from = this.#feed ? `&from=${this.#feed.end}` : '';
    const before = this.#feed?.end;
    this.#isFed = false;
    this.#feed = new ScreenFeed(this.#connect(`?as=viewer${from}`), {
      onHello: ({ offset }) => {
        this.#isFed = true;
        if (offset !== before) this.#startOver();
        this.#begin();
      },
      onFrame: (frame) => this.#pass(frame),
      onClose: (code) => this.#lost(code),
    });
  }

  #lost(code: number): void {
    // Else the way to the runner was cut: its machine may live on.
    if (code >= 4000 && code !== closeCodes.tooMany) this.close();
    else this.#timer = setTimeout(() => this.#open(), retryMs);
  }

  /** What comes next does not follow what came. */
  #startOver(): void {
    this.#tail = [];
    this.#tailBytes = 0;
    for (const watching of this.#watchers.values()) watching.at = null;
  }

  #pass(frame: Frame): void {
    this.#tail.push(frame);
    this.#tailBytes += frame.bytes?.length ?? 0;
    while (this.#tailBytes > tailBytes) this.#tailBytes -= this.#tail.shift()?.bytes?.length ?? 0;
    for (const [channel, watching] of this.#watchers) send(channel, watching, frame);
    this.#join();
  }

  /** Asks for a beginning when somebody waits for one who can take it. */
  #begin(): void {
    if (this.#beginning || !this.#isFed || this.#waiting().length === 0) return;
    const beginning: Beginning = {
      hello: undefined,
      frames: [],
      feed: new ScreenFeed(this.#connect('?as=viewer'), {
        onHello: (hello) => {
          Object.assign(beginning, { hello, frames: [] });
          this.#join();
        },
        onFrame: (frame) => {
          beginning.frames.push(frame);
          this.#join();
        },
        onClose: () => this.#beginLater(),
      }),
    };
    this.#beginning = beginning;
  }

  #beginLater(): void {
    this.#beginning = undefined;
    this.#timer = setTimeout(() => this.#begin(), retryMs);
  }

  /** Sends the beginning to all who wait, once it reaches what is kept of the feed. */
  #join(): void {
    const { hello, frames, feed } = this.#beginning ?? {};
    if (!hello || !frames || !feed || !this.#feed) return;
    const kept = this.#tail[0]?.at ?? this.#feed.end;
    if (feed.end < hello.liveOffset || feed.end < kept) return;
    this.#beginning = undefined;
    feed.close();
    // All of it was there before: a terminal does not answer what is asked in it (R11).
    const first = JSON.stringify({
      ...hello,
      liveOffset: feed.end,
      role: 'viewer',
    } satisfies Hello);
    for (const [channel, watching] of this.#waiting()) {
      Object.assign(watching, { at: hello.offset, sent: hello.offset, parsed: hello.offset });
      channel.send(first, false);
      for (const frame of [...frames, ...this.#tail]) send(channel, watching, frame, true);
    }
    this.#begin();
  }

  /** Those without a beginning who have parsed nearly all that they were sent. */
  #waiting(): [Channel, Watching][] {
    return [...this.#watchers].filter(
      ([channel, { at, sent, parsed }]) =>
        at === null && channel.unsentBytes === 0 && sent - parsed < ackEveryBytes,
    );
  }
}

/** Sends what the watcher has not had; one that does not keep up waits for a beginning instead. */
function send(channel: Channel, watching: Watching, frame: Frame, isBeginning = false): void {
  if (watching.at === null) return;
  const isSlow =
    channel.unsentBytes > maxUnsentBytes || watching.sent - watching.parsed > windowBytes;
  if (isSlow && !isBeginning) {
    watching.at = null;
    return;
  }
  if (frame.text !== undefined) {
    if (frame.at >= watching.at) channel.send(frame.text, false);
    return;
  }
  const fresh = frame.bytes.subarray(Math.max(0, watching.at - frame.at));
  if (fresh.length === 0) return;
  watching.at = watching.sent = frame.at + frame.bytes.length;
  channel.send(fresh, true);
}

function messageOf(data: Buffer): TerminalClientMessage | null {
  try {
    return TerminalClientMessage.safeParse(JSON.parse(data.toString())).data ?? null;
  } catch {
    return null;
  }
}
