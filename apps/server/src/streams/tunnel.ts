import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  tunnelFrameKinds as kinds,
  maxTunnelPostBytes,
  Rate,
  type TunnelFrame,
  TunnelFrameReader,
  tunnelBeatMs,
  tunnelSilenceMs,
} from '@tatami/protocol';
import type { SignedIn } from '../accounts/staff-sessions.ts';
import type { Learner } from '../sessions/learners.ts';
import { within } from '../within.ts';
import type { LearnerStreams } from './learner-streams.ts';
import { Outlet } from './outlet.ts';
import { TunnelChannel } from './tunnel-channel.ts';

/** Requests; acknowledgements and polls of a busy terminal come one after the other, and wait when they are more. */
const requests = { perSecond: 250, burst: 250 };
/** Whoever does not wait owes this much soon. */
const maxDebtMs = 2_000;
/** Replays of nine terminals and a map; no honest browser leaves more unread. */
const maxQueuedBytes = 16 * 1024 * 1024;

/** What a request may get instead of its answer; the tunnel has ended. */
export type Unanswered = 'broken' | 'fast';

/** A page's streams over plain HTTP: the far end of its channels (docs/protocol.md, H rules). Knows nothing of HTTP. */
export class Tunnel {
  /** Nobody guesses it. */
  readonly id = randomBytes(16).toString('hex');
  readonly learner: Learner;
  /** Who of the staff the last post came from. */
  #account: SignedIn | null = null;
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

  /** The one long answer. */
  stream(): Readable | Unanswered {
    return this.#outlet.stream() ?? this.#refused('broken');
  }

  /** The answer of poll `number`. */
  async poll(number: number): Promise<Buffer | Unanswered> {
    const waitMs = this.#waitMs();
    if (waitMs > maxDebtMs) return this.#refused('fast');
    const bytes = await (this.#outlet.poll(number) ?? this.#refused('broken'));
    if (waitMs > 0) await delay(waitMs);
    return bytes;
  }

  /** Takes the frames of post `number`, once; resolves when whoever they are for can take more. */
  async receive(
    number: number,
    body: Uint8Array,
    account: SignedIn | null,
  ): Promise<'taken' | Unanswered> {
    const waitMs = this.#waitMs();
    if (waitMs > maxDebtMs) return this.#refused('fast');
    if (number > this.#lastPost) {
      const frames = new TunnelFrameReader(maxTunnelPostBytes);
      const whole = frames.push(body);
      if (number !== this.#lastPost + 1 || this.#onReleased || !whole || !frames.isWhole)
        return this.#refused('broken');
      this.#lastPost = number;
      this.#account = account;
      for (const frame of whole) {
        const taken = this.#take(frame);
        if (taken !== 'taken') return this.#refused(taken);
      }
      this.#taken = this.#allReleased();
    }
    await this.#taken;
    if (waitMs > 0) await delay(waitMs);
    return 'taken';
  }

  /** Ends it once the browser has what was said, or does not ask for it. */
  async finish(withinMs: number): Promise<void> {
    await within(withinMs, this.#outlet.emptied());
    this.end();
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

  #take({ kind, channel: number, payload }: TunnelFrame): 'taken' | Unanswered {
    // A frame before it in the same post may have ended the tunnel: nobody would close what this one opens.
    if (this.#isOver) return 'taken';
    const data = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    if (kind === kinds.beat) return 'taken';
    if (kind === kinds.open) return this.#open(number, data.toString());
    const channel = this.#channels.get(number);
    // It may have been closed while the frame was on its way.
    if (!channel) return number <= this.#lastChannel ? 'taken' : 'broken';
    if (kind === kinds.close) channel.end();
    else channel.receive(data, kind === kinds.bytes);
    return 'taken';
  }

  #open(number: number, path: string): 'taken' | Unanswered {
    if (number <= this.#lastChannel) return 'broken';
    this.#lastChannel = number;
    const channel = new TunnelChannel(number, {
      put: (frame, onSent) => this.#put(frame, onSent),
      released: () => this.#release(),
      forget: (gone) => this.#channels.delete(gone),
    });
    this.#channels.set(number, channel);
    const visitor = { learner: this.learner, account: this.#account };
    return this.#streams.open(channel, path, visitor) ? 'taken' : 'fast';
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

  #waitMs(): number {
    this.#heardAt = Date.now();
    return this.#rate.take(1, this.#heardAt);
  }

  #refused(why: Unanswered): Unanswered {
    this.end();
    return why;
  }

  #beat(): void {
    if (Date.now() - this.#heardAt > tunnelSilenceMs) this.end();
    else this.#outlet.beat();
  }
}
