import type { MapPicture } from '@tatami/protocol';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { deedFacts, type Facts, factsOf } from './facts.ts';
import { type MapWish, processesAt } from './focus.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { MapContext } from './map-context.ts';
import type { Places } from './places.ts';
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

/** What is chosen, unfolded and pointed at, and where everything is drawn for it. */
export function useChoice(facts: Facts, wish: MapWish, room: { width: number; compact: boolean }) {
  const { width, compact } = room;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string | null>(null);
  const [looked, setLooked] = useState<string | null>(null);
  const places = useRef<Places>(new Map());
  const pointedAt = useMemo(() => processesAt(wish.focus, facts), [wish, facts]);
  const layout: Layout = useMemo(() => {
    const kept = new Set(selected === null ? pointedAt : [...pointedAt, selected]);
    return layoutOf(facts.areas, { width, compact, opened, pointedAt: kept }, places.current);
  }, [facts, width, compact, opened, pointedAt, selected]);
  useEffect(() => {
    places.current = layout.places;
  }, [layout]);
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
  return { layout, scene, selected, looked, close };
}
