import { applied, changeOf, isEmpty, type MapChange, type MapPicture } from '@tatami/protocol';
import { Deeds } from './deeds.ts';
import { picture } from './picture.ts';
import type { StandingScene } from './standing.ts';

/** How far back the map can be looked at; what comes first counts. */
const kept = { ms: 15 * 60_000, changes: 2_000, characters: 1024 * 1024 };

interface Told {
  at: number;
  /** The change as JSON: kept as it is sent, which is a tenth of what its objects would take. */
  json: string;
}

/** A machine's map from then until now: a picture and the changes after it. */
export class MapPast {
  readonly deeds = new Deeds();
  #oldest: MapPicture | undefined;
  #newest: MapPicture | undefined;
  #changes: Told[] = [];
  #characters = 0;

  /** As it was at the last look that showed something new. */
  get newest(): MapPicture | undefined {
    return this.#newest;
  }

  /** Takes in a look. @returns the change that it led to as JSON, null when there is none. */
  look(scene: StandingScene): string | null {
    const before = this.#newest;
    const after = this.#picture(scene, before);
    if (!before) {
      this.#oldest = after;
      this.#newest = after;
      return null;
    }
    const change = changeOf(before, after);
    if (isEmpty(change, before)) return null;
    this.#newest = after;
    const json = JSON.stringify(change);
    this.#changes.push({ at: after.at, json });
    this.#characters += json.length;
    this.#forget(after.at);
    return json;
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
    return { ...draft, deeds: this.deeds.told(scene) };
  }

  /** Half at once, so that it is seldom. */
  #forget(now: number): void {
    const tooMany = this.#changes.length > kept.changes || this.#characters > kept.characters;
    const [oldest] = this.#changes;
    if (!oldest || !(tooMany || oldest.at < now - 2 * kept.ms)) return;
    const isKept = ({ at }: Told, index: number) =>
      at >= now - kept.ms && (!tooMany || index >= this.#changes.length / 2);
    const first = this.#changes.findIndex(isKept);
    for (const { json } of this.#changes.splice(0, first === -1 ? this.#changes.length : first)) {
      this.#characters -= json.length;
      if (this.#oldest) this.#oldest = applied(this.#oldest, JSON.parse(json) as MapChange);
    }
  }
}
