import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  tunnelFrameKinds as kinds,
  maxTunnelPostBytes,
  type TunnelFrame,
  TunnelFrameReader,
  tunnelBeatMs,
  tunnelSilenceMs,
} from '@tatami/protocol';
import type { Learner } from '../sessions/learners.ts';
import type { LearnerStreams } from './learner-streams.ts';
import { Outlet } from './outlet.ts';
import { Rate } from './rate.ts';
import { TunnelChannel } from './tunnel-channel.ts';

/** Requests; acknowledgements of a busy terminal and polls stay below. */
const requests = { perSecond: 500, burst: 1000 };
/** Replays of nine terminals and a map; no honest browser leaves more unread. */
const maxQueuedBytes = 16 * 1024 * 1024;

/** What became of client frames; `broken` and `fast` have ended the tunnel. */
export type Received = 'taken' | 'broken' | 'fast';

/** A page's streams over plain HTTP: the far end of its channels (docs/protocol.md, H rules). Knows nothing of HTTP. */
export class Tunnel {
  /** Nobody guesses it. */
  readonly id = randomBytes(16).toString('hex');
  readonly learner: Learner;
  readonly #streams: LearnerStreams;
  readonly #onEnd: () => void;
  readonly #outlet = new Outlet(() => this.end());
  readonly #channels = new Map<number, TunnelChannel>();
  readonly #rate = new Rate(requests, Date.now());
  readonly #heartbeat: NodeJS.Timeout;
  #lastChannel = 0;
  #lastPost = 0;
  /** The last post's messages have all been handed on. */
  #taken = Promise.resolve();
  #onReleased: (() => void) | undefined;
  #heardAt = Date.now();
  #isOver = false;

  constructor(learner: Learner, streams: LearnerStreams, onEnd: () => void) {
    this.learner = learner;
    this.#streams = streams;
    this.#onEnd = onEnd;
    this.#heartbeat = setInterval(() => this.#beat(), tunnelBeatMs);
  }

  /** The one long answer; null, and the tunnel has ended, when it was asked for before. */
  stream(): Readable | null {
    return this.#outlet.stream() ?? this.#broken();
  }

  /** The answer of poll `number`; null, and the tunnel has ended, when it is not its turn. */
  poll(number: number): Promise<Buffer> | null {
    if (this.#isFast()) return null;
    return this.#outlet.poll(number) ?? this.#broken();
  }

  /** Takes the frames of post `number`, once; resolves when whoever they are for can take more. */
  async receive(number: number, body: Uint8Array): Promise<Received> {
    if (this.#isFast()) return 'fast';
    if (number > this.#lastPost) {
      const frames = new TunnelFrameReader(maxTunnelPostBytes);
      const whole = frames.push(body);
      if (number !== this.#lastPost + 1 || this.#onReleased || !whole || !frames.isWhole)
        return this.#broken() ?? 'broken';
      this.#lastPost = number;
      if (!whole.every((frame) => this.#take(frame))) return this.#broken() ?? 'broken';
      this.#taken = this.#allReleased();
    }
    await this.#taken;
    return 'taken';
  }

  /** Idempotent: every channel is over. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    this.#outlet.end();
    for (const channel of [...this.#channels.values()]) channel.end();
    this.#onReleased?.();
    this.#onEnd();
  }

  /** @returns false when the frame breaks a rule. */
  #take({ kind, channel: number, payload }: TunnelFrame): boolean {
    const data = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (kind === kinds.beat) return true;
    if (kind === kinds.open) return this.#open(number, data.toString());
    const channel = this.#channels.get(number);
    // It may have been closed while the frame was on its way.
    if (!channel) return number <= this.#lastChannel;
    if (kind === kinds.close) channel.end();
    else channel.receive(data, kind === kinds.bytes);
    return true;
  }

  #open(number: number, path: string): boolean {
    if (number <= this.#lastChannel) return false;
    this.#lastChannel = number;
    const channel = new TunnelChannel(number, {
      put: (frame, onSent) => this.#put(frame, onSent),
      released: () => this.#release(),
      forget: (gone) => this.#channels.delete(gone),
    });
    this.#channels.set(number, channel);
    this.#streams.open(channel, path, this.learner);
    return true;
  }

  #put(frame: Uint8Array, onSent?: () => void): void {
    this.#outlet.put(frame, onSent);
    if (this.#outlet.queuedBytes > maxQueuedBytes) this.end();
  }

  #allReleased(): Promise<void> {
    if (!this.#holds) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onReleased = () => {
        this.#onReleased = undefined;
        resolve();
      };
    });
  }

  #release(): void {
    if (!this.#holds) this.#onReleased?.();
  }

  get #holds(): boolean {
    return [...this.#channels.values()].some(({ holds }) => holds);
  }

  #isFast(): boolean {
    this.#heardAt = Date.now();
    if (this.#rate.take(1, this.#heardAt) === 0) return false;
    this.end();
    return true;
  }

  #broken(): null {
    this.end();
    return null;
  }

  #beat(): void {
    if (Date.now() - this.#heardAt > tunnelSilenceMs) this.end();
    else this.#outlet.beat();
  }
}
