import {
  applied,
  changeOf,
  type MapChange,
  type MapDeed,
  type MapEvent,
  type MapPicture,
} from '@tatami/protocol';

/** What a browser keeps of a machine's past; the oldest goes first. */
const mostFrames = 3000;

/** A picture with what was done since the one before it. */
export interface Frame {
  picture: MapPicture;
  deeds: MapDeed[];
}

/** The pictures of one machine in their order, and since when nobody can look (ms since the epoch). */
export interface Film {
  frames: Frame[];
  staleSince: number | null;
}

export const emptyFilm: Film = { frames: [], staleSince: null };

const next = ({ picture }: Frame, change: MapChange): Frame => ({
  picture: applied(picture, change),
  deeds: change.deeds,
});

/** The film after an event, or `null` when pictures are missing in between: ask again for the past. */
export function withEvent(film: Film, event: MapEvent): Film | null {
  const last = film.frames.at(-1);
  switch (event.type) {
    case 'stale':
      return { ...film, staleSince: event.since };
    case 'past': {
      const { picture, changes } = event;
      if (last && changes.length === 0 && picture.seq > last.picture.seq)
        return continued(film, next(last, changeOf(last.picture, picture)));
      const frames: Frame[] = [{ picture, deeds: [] }];
      for (const change of changes) frames.push(next(frames.at(-1) as Frame, change));
      return { frames: frames.slice(-mostFrames), staleSince: null };
    }
    case 'change':
      if (!last || event.change.seq > last.picture.seq + 1) return null;
      if (event.change.seq <= last.picture.seq) return { ...film, staleSince: null };
      return continued(film, next(last, event.change));
  }
}

const continued = ({ frames }: Film, frame: Frame): Film => ({
  frames: [...frames, frame].slice(-mostFrames),
  staleSince: null,
});

/** Index of the picture that was true at this time (ms since the epoch): the last one not after it. */
export function indexAt({ frames }: Film, at: number): number {
  const after = frames.findIndex(({ picture }) => picture.at > at);
  return after === -1 ? frames.length - 1 : Math.max(0, after - 1);
}

/** Nothing is kept of this time (ms since the epoch): another machine ran then. */
export const isLost = ({ frames: [first] }: Film, at: number): boolean =>
  first !== undefined && at < first.picture.at;

/** The pictures at which something was done to namespaces. */
export const deedIndexes = ({ frames }: Film): number[] =>
  frames.flatMap(({ deeds }, index) => (deeds.length > 0 ? [index] : []));

/** How long something counts as new. */
const freshMs = 10_000;

/** Namespaces of a picture that were not there shortly before. */
export function freshNamespaces({ frames }: Film, index: number): Set<number> {
  const picture = frames[index]?.picture;
  if (!picture) return new Set();
  let at = index;
  while (at > 0 && (frames[at]?.picture.at ?? 0) > picture.at - freshMs) at--;
  const before = new Set(frames[at]?.picture.namespaces.map(({ inode }) => inode));
  const made = picture.deeds
    .filter((deed) => deed.what === 'made' && deed.at > picture.at - freshMs)
    .flatMap(({ ns }) => Object.values(ns));
  return new Set([
    ...picture.namespaces.flatMap(({ inode }) => (before.has(inode) ? [] : [inode])),
    ...made,
  ]);
}
