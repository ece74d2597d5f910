import type { MapPicture } from '@tatami/protocol';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { deedFacts, type Facts, factsOf } from './facts.ts';
import { type MapWish, processesAt } from './focus.ts';
import { type Choice, type Layout, layoutOf, size } from './layout.ts';
import type { MapContext } from './map-context.ts';
import { type Film, freshNamespaces, indexAt } from './replay.ts';

const noPicture: MapPicture = {
  ...{ seq: 0, at: 0, processes: [], namespaces: [], deeds: [], cut: false },
};
const mostDeeds = 8;

const known = new WeakMap<MapPicture, Facts>();
const factsIn = (picture: MapPicture): Facts => {
  const found = known.get(picture) ?? factsOf(picture);
  known.set(picture, found);
  return found;
};

/** The moment that is shown: what the slider says, or the newest picture as it comes. */
export function useMoment(film: Film, wish: MapWish) {
  const [at, setAt] = useState<number | null>(wish.at);
  useEffect(() => setAt(wish.at), [wish]);
  const last = film.frames.length - 1;
  const index = at === null ? null : indexAt(film, at);
  const shown = index ?? last;
  const picture = film.frames[shown]?.picture ?? noPicture;
  const facts = factsIn(picture);
  const deeds = useMemo(
    () => facts.picture.deeds.slice(-mostDeeds).map((deed) => deedFacts(deed, facts)),
    [facts],
  );
  const fresh = useMemo(() => freshNamespaces(film, shown), [film, shown]);
  const setIndex = useCallback(
    (next: number | null) => setAt(next === null ? null : (film.frames[next]?.picture.at ?? null)),
    [film],
  );
  return { index, facts, deeds, now: film.frames[shown]?.deeds ?? [], fresh, setIndex };
}

interface Room {
  width: number;
  height: number;
  compact: boolean;
  /** Sizes of type that may be drawn in, largest first. */
  scales: readonly number[];
}

/** A drawing, and the size of type at which it fits. */
interface Fitted {
  layout: Layout;
  scale: number;
}

/** Free below the drawing before it becomes larger again: a command that comes and goes moves nothing. */
const sparePx = 2 * size.row;

/** The largest type at which all is seen at once; the smallest where that cannot be. */
function fittedLayout(
  facts: Facts,
  { width, height, scales }: Room,
  choice: Omit<Choice, 'width'>,
  before: Fitted | null,
): Fitted {
  const places = before?.layout.places;
  const at = (scale: number): Fitted => ({
    ...{ scale, layout: layoutOf(facts.areas, { ...choice, width: width / scale }, places) },
  });
  const fits = ({ layout, scale }: Fitted) => {
    const spare = before && scale > before.scale ? sparePx : 0;
    return layout.height + spare <= height / scale && layout.width <= width / scale;
  };
  const [last = 1] = scales.slice(-1);
  for (const scale of scales.slice(0, -1)) {
    const found = at(scale);
    if (fits(found)) return found;
  }
  return at(last);
}

/** What is chosen, unfolded and pointed at, and where everything is drawn for it. */
export function useChoice(facts: Facts, wish: MapWish, room: Room) {
  const { width, height, compact, scales } = room;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string | null>(null);
  const [looked, setLooked] = useState<string | null>(null);
  const before = useRef<Fitted | null>(null);
  const pointedAt = useMemo(() => processesAt(wish.focus, facts), [wish, facts]);
  const drawn = useMemo(() => {
    const kept = new Set(selected === null ? pointedAt : [...pointedAt, selected]);
    const choice = { compact, opened, pointedAt: kept };
    return fittedLayout(facts, { width, height, compact, scales }, choice, before.current);
  }, [facts, width, height, compact, scales, opened, pointedAt, selected]);
  useEffect(() => {
    before.current = drawn;
  }, [drawn]);
  const open = useCallback(
    (id: string) => {
      const isItem = facts.processes.has(id) || facts.areas.all.some((area) => area.id === id);
      if (isItem) setSelected((old) => (old === id ? null : id));
      else
        setOpened((old) => {
          const next = new Set(old);
          if (!next.delete(id)) next.add(id);
          return next;
        });
    },
    [facts],
  );
  const close = useCallback(() => setSelected(null), []);
  const scene: Pick<MapContext, 'selected' | 'pointedAt' | 'look' | 'open'> = {
    ...{ pointedAt, open, look: setLooked, selected: looked ?? selected },
  };
  return { ...drawn, scene, selected, looked, close };
}
