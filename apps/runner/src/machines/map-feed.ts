import { MapPast, type MapTerminal } from '@tatami/checks';
import type { KernelSnapshot } from '@tatami/protocol';

/**
 * `most` pictures in any `inMs`: while somebody follows, and to go back over later. A machine in a loop must not cost more.
 * `lookEveryMs`: between looks for the map alone; with a little to spare, since some take longer than others.
 */
const paces = {
  seen: { most: 5, inMs: 1_000, lookEveryMs: 210 },
  unseen: { most: 1, inMs: 3_000, lookEveryMs: 3_020 },
};

/** Whoever shows a machine's map: told MapEvents of the protocol as JSON. */
export type MapListener = (json: string) => void;

/** The map as somebody follows it. */
export interface FollowedMap {
  /** What there is to tell of now, without what led to it. */
  now(): string[];
  stop(): void;
}

interface Look {
  snapshot: KernelSnapshot;
  terminals: MapTerminal[];
  lineOf: (pid: number) => number | null;
}

/** One machine's map: kept from looks that are taken anyway, and told to those who follow. */
export class MapFeed {
  readonly #past = new MapPast();
  readonly #listeners = new Set<MapListener>();
  /** Of the newest pictures, oldest first. */
  #keptAt: number[] = [];
  #staleSince: number | null = null;

  get deeds(): MapPast['deeds'] {
    return this.#past.deeds;
  }

  get isFollowed(): boolean {
    return this.#listeners.size > 0;
  }

  /** How long after one look the next is worth it. */
  get everyMs(): number {
    return this.#pace.lookEveryMs;
  }

  /** Takes in a look; `mustKeep`: it is to be shown for as long as the machine lives. @returns false when it came too soon after the last, and another has to follow. */
  look(look: Look, mustKeep: boolean): boolean {
    const wasStale = this.#staleSince !== null;
    const { at } = look.snapshot;
    if (!mustKeep && !wasStale && this.#isTooSoon(at)) return false;
    this.#keptAt = [...this.#keptAt, at].slice(-paces.seen.most);
    this.#staleSince = null;
    const isFirst = !this.#past.newest;
    const change = this.#past.look(look, mustKeep);
    if (isFirst) this.#tell(this.#past.json);
    else if (wasStale) this.#tell(this.#past.newestJson);
    else if (change !== null) this.#tell(`{"type":"change","change":${change}}`);
    return true;
  }

  /** Nobody can look; said once. */
  blind(): void {
    if (this.#staleSince !== null) return;
    this.#staleSince = this.#keptAt.at(-1) ?? Date.now();
    this.#tell(this.#staleJson);
  }

  /** Tells what there was, and what comes. */
  follow(listener: MapListener): FollowedMap {
    const all = (...parts: (string | null)[]) => parts.filter((json) => json !== null);
    for (const json of all(this.#past.json, this.#staleJson)) listener(json);
    this.#listeners.add(listener);
    return {
      now: () => all(this.#past.newestJson, this.#staleJson),
      stop: () => this.#listeners.delete(listener),
    };
  }

  get #pace() {
    return this.isFollowed ? paces.seen : paces.unseen;
  }

  #isTooSoon(at: number): boolean {
    const { most, inMs } = this.#pace;
    const first = this.#keptAt.at(-most);
    // A clock may be set back.
    return first !== undefined && at >= first && at - first < inMs;
  }

  get #staleJson(): string | null {
    if (this.#staleSince === null) return null;
    return JSON.stringify({ type: 'stale', since: this.#staleSince });
  }

  #tell(json: string | null): void {
    if (json !== null) for (const listener of this.#listeners) listener(json);
  }
}
