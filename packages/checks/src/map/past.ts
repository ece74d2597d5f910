import {
  applied,
  changeOf,
  isEmpty,
  joined,
  type MapChange,
  type MapPicture,
} from '@tatami/protocol';
import { Deeds } from './deeds.ts';
import { picture } from './picture.ts';
import type { StandingScene } from './standing.ts';

/** How far back the map can be looked at picture by picture; what comes first counts. */
const kept = { ms: 15 * 60_000, changes: 2_000, bytes: 1024 * 1024 };
/** Of what was before, only the moments that matter later. */
const keptMoments = { count: 60, bytes: kept.bytes / 4 };

interface Told {
  at: number;
  /** The change as JSON: kept as it is sent, which is a tenth of what its objects would take. */
  json: string;
  bytes: number;
  /** What it led to is asked for later: a check has passed on it. */
  isMoment: boolean;
}

const told = (change: MapChange, isMoment: boolean): Told => {
  const json = JSON.stringify(change);
  // As UTF-8, or a little more.
  const bytes = json.length + 2 * (json.match(/[\u0080-\uffff]/g)?.length ?? 0);
  return { at: change.at, json, bytes, isMoment };
};
const sizeOf = (changes: Told[]): number => changes.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * A machine's map from then until now: a picture and the changes after it. What is older than a while is thinned
 * out to the moments that were to be kept.
 */
export class MapPast {
  readonly deeds = new Deeds();
  #oldest: MapPicture | undefined;
  #oldestIsMoment = false;
  #newest: MapPicture | undefined;
  #changes: Told[] = [];
  #bytes = 0;

  /** As it was at the last look that showed something new. */
  get newest(): MapPicture | undefined {
    return this.#newest;
  }

  /** Takes in a look; `isMoment`: it is kept for good. @returns the change that it led to as JSON, null when there is none. */
  look(scene: StandingScene, isMoment = false): string | null {
    const before = this.#newest;
    const after = this.#picture(scene, before);
    if (!before) {
      this.#oldest = after;
      this.#oldestIsMoment = isMoment;
      this.#newest = after;
      return null;
    }
    const change = changeOf(before, after);
    if (isEmpty(change, before)) {
      if (isMoment) this.#keepNewest();
      return null;
    }
    this.#newest = after;
    const next = told(change, isMoment);
    this.#changes.push(next);
    this.#bytes += next.bytes;
    this.#forget(after.at);
    return next.json;
  }

  /** A `past` of the protocol as JSON; null before the first look. */
  get json(): string | null {
    if (!this.#oldest) return null;
    const changes = this.#changes.map(({ json }) => json).join(',');
    return `{"type":"past","picture":${JSON.stringify(this.#oldest)},"changes":[${changes}]}`;
  }

  /** The same without what led to it, for whoever missed some of that. */
  get newestJson(): string | null {
    if (!this.#newest) return null;
    return JSON.stringify({ type: 'past', picture: this.#newest, changes: [] });
  }

  #picture(scene: StandingScene, before: MapPicture | undefined): MapPicture {
    const seq = before ? before.seq + 1 : 0;
    const draft = picture({ ...scene, seq, deeds: [] });
    if (before) this.deeds.noteEnded(before, draft);
    return { ...draft, deeds: this.deeds.told(scene, draft, before) };
  }

  #keepNewest(): void {
    const last = this.#changes.at(-1);
    if (last) last.isMoment = true;
    else this.#oldestIsMoment = true;
  }

  /** Half at once, so that it is seldom. */
  #forget(now: number): void {
    const tooMany = this.#changes.length > kept.changes || this.#bytes > kept.bytes;
    const oldest = this.#changes.find(({ isMoment }) => !isMoment);
    if (!tooMany && (!oldest || oldest.at >= now - 2 * kept.ms)) return;
    let [left, bytes] = [this.#changes.length, this.#bytes];
    const isOld = (change: Told) =>
      change.at < now - kept.ms || (tooMany && (left > kept.changes / 2 || bytes > kept.bytes / 2));
    for (let at = 0; at < this.#changes.length; at++, left--) {
      const change = this.#changes[at] as Told;
      if (!isOld(change)) break;
      bytes -= change.bytes;
    }
    const old = this.#changes.slice(0, this.#changes.length - left);
    this.#changes = [...this.#thinned(old), ...this.#changes.slice(old.length)];
    this.#bytes = sizeOf(this.#changes);
  }

  /** A change to each moment, and one to what was last; of too many, the first are no longer told apart. */
  #thinned(old: Told[]): Told[] {
    const runs: Told[][] = [[]];
    for (const change of old) {
      runs.at(-1)?.push(change);
      if (change.isMoment) runs.push([]);
    }
    const thinned = runs.filter(({ length }) => length > 0).map(inOne);
    const isTooMuch = () =>
      !this.#oldestIsMoment ||
      thinned.length > keptMoments.count ||
      sizeOf(thinned) > keptMoments.bytes;
    while (thinned.length > 0 && isTooMuch()) {
      const [{ json, isMoment }] = thinned.splice(0, 1) as [Told];
      if (this.#oldest) this.#oldest = applied(this.#oldest, JSON.parse(json) as MapChange);
      this.#oldestIsMoment = isMoment;
    }
    return thinned;
  }
}

function inOne(run: Told[]): Told {
  const [first] = run;
  if (first && run.length === 1) return first;
  const changes = run.map(({ json }) => JSON.parse(json) as MapChange);
  return told(joined(changes), run.at(-1)?.isMoment ?? false);
}
