import { closeCodes } from '@tatami/protocol';
import type { Channel } from '../streams/channel.ts';
import type { StaffMember } from '../workshops/workshops.ts';

/** A browser that reads nothing is let go before it fills our memory. */
const maxUnsentBytes = 2 * 1024 * 1024;

/** The streams of a room: who is told what, and who may go on seeing anything. */
export class Audience {
  /** Of the board, and whether with names. */
  readonly #viewers = new Map<Channel, boolean>();
  /** All streams of staff: boards and learners' terminals. */
  readonly #staff = new Map<Channel, StaffMember>();
  /** Of the room, by learner. */
  readonly #learners = new Map<string, Set<Channel>>();
  /** Of a screen that all may see, and whose. */
  readonly #screens = new Map<Channel, string>();

  get isEmpty(): boolean {
    return this.#viewers.size === 0 && this.#learners.size === 0;
  }

  get learnerIds(): string[] {
    return [...this.#learners.keys()];
  }

  /** A stream of one of the staff. */
  admit(channel: Channel, account: StaffMember): void {
    this.#staff.set(channel, account);
    channel.on('close', () => this.#staff.delete(channel));
  }

  /** Closes the streams of staff who may not go on. */
  async readmit(may: (account: StaffMember) => Promise<boolean>): Promise<void> {
    const accounts = new Map([...this.#staff.values()].map((account) => [account.id, account]));
    for (const account of accounts.values()) {
      if (await may(account)) continue;
      for (const [channel, { id }] of [...this.#staff])
        if (id === account.id) channel.close(closeCodes.unauthorized);
    }
  }

  /** Shows the board, beginning with this. */
  view(channel: Channel, names: boolean, first: string): void {
    this.#viewers.set(channel, names);
    channel.on('close', () => this.#viewers.delete(channel));
    send(channel, first);
  }

  /** Tells a learner of the room, beginning with this; `onLeft` when their last page is closed. */
  join(learnerId: string, channel: Channel, first: string, onLeft: () => void): void {
    const channels = this.#learners.get(learnerId) ?? new Set();
    this.#learners.set(learnerId, channels.add(channel));
    channel.on('close', () => {
      channels.delete(channel);
      if (channels.size > 0) return;
      this.#learners.delete(learnerId);
      onLeft();
    });
    send(channel, first);
  }

  /** A learner sees the screen that is shown to all. */
  watch(learnerId: string, channel: Channel): void {
    this.#screens.set(channel, learnerId);
    channel.on('close', () => this.#screens.delete(channel));
  }

  /** Closes the streams of learners who sit here no more. */
  keepOnly(isSeated: (learnerId: string) => boolean): void {
    const rooms = [...this.#learners].flatMap(([learnerId, channels]) =>
      [...channels].map((channel) => [channel, learnerId] as const),
    );
    for (const [channel, learnerId] of [...rooms, ...this.#screens])
      if (!isSeated(learnerId)) channel.close(closeCodes.unauthorized);
  }

  tellStaff(texts: { named: string; unnamed: string }): void {
    for (const [channel, names] of this.#viewers)
      send(channel, names ? texts.named : texts.unnamed);
  }

  /** `text` is made only for somebody who is there. */
  tellLearner(learnerId: string, text: () => string): void {
    const channels = this.#learners.get(learnerId);
    if (!channels) return;
    const told = text();
    for (const channel of channels) send(channel, told);
  }
}

function send(channel: Channel, text: string): void {
  if (channel.unsentBytes > maxUnsentBytes) channel.terminate();
  else channel.send(text, false);
}
