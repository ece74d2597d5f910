import { BrowserId, type SeatEvent } from '@tatami/protocol';
import type { Channel } from '../streams/channel.ts';
import type { LearnerStreams } from '../streams/learner-streams.ts';
import { ownSeat } from './own-seat.ts';
import type { Workshops } from './workshops.ts';

/** How exactly a workshop opens and ends by itself. By the wall clock each time: timers would miss that it was set. */
const tickMs = 1000;
/** Pages of one seat that are open at once. */
const bounds = { most: 16, restMs: 0 };
/** A browser that reads nothing is let go before its events fill our memory. */
const maxUnsentBytes = 64 * 1024;

interface Follower {
  channel: Channel;
  browser: string;
  learnerId: string;
  workshopId: string;
}

/** Tells the browsers of each seat how their workshop stands, and how many they are. */
export class SeatStreams {
  readonly #workshops: Workshops;
  readonly #followers = new Set<Follower>();
  /** As they were told last, by workshop. */
  readonly #states = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(workshops: Workshops, streams: LearnerStreams, warn: (error: unknown) => void) {
    this.#workshops = workshops;
    const tell = (some: (follower: Follower) => boolean) => void this.#tell(some).catch(warn);
    workshops.on('changed', (id) => tell(({ workshopId }) => workshopId === id));
    workshops.on('seats', (_, ids) => tell(({ learnerId }) => ids.includes(learnerId)));
    this.#timer = setInterval(() => void this.#tick().catch(warn), tickMs).unref();
    streams.route(
      '/api/seat/events',
      async (channel, { query }, learner) => {
        const seat = await workshops.seatOf(learner.id);
        const browser = BrowserId.safeParse(new URLSearchParams(query).get('browser'));
        if (!seat || !browser.success) return channel.close(1008);
        if (!channel.isOpen) return;
        const { learnerId, workshopId } = seat;
        const follower = { channel, browser: browser.data, learnerId, workshopId };
        const isOwn = (other: Follower) => other.learnerId === learnerId;
        this.#followers.add(follower);
        channel.on('close', () => {
          this.#followers.delete(follower);
          tell(isOwn);
        });
        this.#states.set(workshopId, seat.workshop.state);
        tell(isOwn);
      },
      { bounds },
    );
  }

  /** Different browsers that have a seat open now. */
  browsersOf(learnerId: string): number {
    const own = [...this.#followers].filter((one) => one.learnerId === learnerId);
    return new Set(own.map(({ browser }) => browser)).size;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { channel } of this.#followers) channel.close(1001);
  }

  async #tick(): Promise<void> {
    const followed = new Set([...this.#followers].map(({ workshopId }) => workshopId));
    for (const id of this.#states.keys()) if (!followed.has(id)) this.#states.delete(id);
    for (const id of followed) {
      const { state } = await this.#workshops.known(id);
      if (this.#states.get(id) === state) continue;
      this.#states.set(id, state);
      this.#workshops.emit('changed', id);
    }
  }

  async #tell(some: (follower: Follower) => boolean): Promise<void> {
    for (const follower of [...this.#followers].filter(some)) {
      const seat = await this.#workshops.seatOf(follower.learnerId);
      // Its data may have been deleted meanwhile.
      if (!seat) follower.channel.close(1008);
      else if (follower.channel.unsentBytes > maxUnsentBytes) follower.channel.terminate();
      else {
        const browsers = this.browsersOf(follower.learnerId);
        const event: SeatEvent = { seat: ownSeat(seat), browsers };
        follower.channel.send(JSON.stringify(event), false);
      }
    }
  }
}
