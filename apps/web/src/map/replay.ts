import type { MapChange, MapDeed, MapEvent, MapPicture } from '@tatami/protocol';

/** What a browser keeps of a machine's past; the oldest goes first. */
const mostPictures = 3000;

/** The pictures of one machine in their order, and since when nobody can look. */
export interface Film {
  pictures: MapPicture[];
  staleSince: number | null;
}

export const emptyFilm: Film = { pictures: [], staleSince: null };

/** The next picture: what is the same stays the same object. */
export function changed(picture: MapPicture, change: MapChange): MapPicture {
  const gone = new Set(change.gone);
  const goneNamespaces = new Set(change.goneNamespaces);
  const processes = new Map(picture.processes.map((one) => [one.id, one]));
  for (const one of change.processes) processes.set(one.id, one);
  const namespaces = new Map(picture.namespaces.map((one) => [one.inode, one]));
  for (const one of change.namespaces) namespaces.set(one.inode, one);
  return {
    seq: change.seq,
    at: change.at,
    processes: [...processes.values()].filter(({ id }) => !gone.has(id)),
    namespaces: [...namespaces.values()].filter(({ inode }) => !goneNamespaces.has(inode)),
    deeds: change.deeds,
    cut: change.cut,
  };
}

/** The film after an event, or `null` when pictures are missing in between: ask again for the past. */
export function withEvent(film: Film, event: MapEvent): Film | null {
  if (event.type === 'stale') return { ...film, staleSince: event.since };
  if (event.type === 'past') {
    const pictures = [event.picture];
    for (const change of event.changes)
      pictures.push(changed(pictures.at(-1) ?? event.picture, change));
    return { pictures: pictures.slice(-mostPictures), staleSince: null };
  }
  const last = film.pictures.at(-1);
  const { change } = event;
  if (!last || change.seq > last.seq + 1) return null;
  if (change.seq <= last.seq) return { ...film, staleSince: null };
  const pictures = [...film.pictures, changed(last, change)];
  return { pictures: pictures.slice(-mostPictures), staleSince: null };
}

/** Index of the picture that was true at this time (ms since the epoch): the last one not after it. */
export function indexAt({ pictures }: Film, at: number): number {
  const after = pictures.findIndex((picture) => picture.at > at);
  return after === -1 ? pictures.length - 1 : Math.max(0, after - 1);
}

/** The pictures at which something was done to namespaces. */
export const deedIndexes = ({ pictures }: Film): number[] =>
  pictures.flatMap(({ deeds }, index) => (deeds.length > 0 ? [index] : []));

/** What was done up to a picture, the newest last, each with the picture that it is read in. */
export function deedsUntil(
  { pictures }: Film,
  index: number,
  most: number,
): { deed: MapDeed; picture: MapPicture }[] {
  const found: { deed: MapDeed; picture: MapPicture }[] = [];
  for (let at = index; at >= 0 && found.length < most; at--) {
    const picture = pictures[at];
    if (picture) found.unshift(...picture.deeds.map((deed) => ({ deed, picture })));
  }
  return found.slice(-most);
}

/** How long something counts as new. */
const freshMs = 10_000;

/** Namespaces that were not there shortly before the picture of this index. */
export function freshNamespaces({ pictures }: Film, index: number): Set<number> {
  const picture = pictures[index];
  if (!picture) return new Set();
  const since = picture.at - freshMs;
  let at = index;
  while (at > 0 && (pictures[at]?.at ?? 0) > since) at--;
  const before = new Set(pictures[at]?.namespaces.map(({ inode }) => inode));
  const found = picture.namespaces.filter(({ inode }) => !before.has(inode));
  return new Set([...found.map(({ inode }) => inode), ...madeIn(picture)]);
}

const madeIn = ({ deeds, processes }: MapPicture): number[] =>
  deeds.flatMap(({ what, process, kinds }) => {
    const maker = what === 'made' ? processes.find(({ id }) => id === process) : undefined;
    return kinds.flatMap((kind) => maker?.ns[kind] ?? []);
  });
