import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/** Pixels below the view's top at which a reader's eye is taken to be. */
const eyePixels = 80;

const find = (lesson: HTMLElement | null, id: string) =>
  lesson?.querySelector<HTMLElement>(`#${CSS.escape(id)}`) ?? null;

const distanceOf = (lesson: HTMLElement, anchor: HTMLElement) =>
  anchor.getBoundingClientRect().top - lesson.getBoundingClientRect().top;

/** The last anchor above the reader's eye, else the first, and how far it is from the top. */
function placeIn(lesson: HTMLElement): { id: string; distance: number } | null {
  let place: { id: string; distance: number } | null = null;
  for (const anchor of lesson.querySelectorAll<HTMLElement>('[id]')) {
    const distance = distanceOf(lesson, anchor);
    if (place && distance > eyePixels) break;
    place = { id: anchor.id, distance };
  }
  return place;
}

/**
 * Where the reader is in the lesson: another language keeps the place, another step begins at its top
 * or at the anchor that was asked for. @returns how to go to an anchor, now or once its step is open.
 */
export function usePlace(lesson: RefObject<HTMLElement | null>, stepId: string, lang: string) {
  const place = useRef<ReturnType<typeof placeIn>>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const element = lesson.current;
    if (!element) return;
    const note = () => {
      place.current = placeIn(element);
    };
    note();
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, [lesson]);

  const goNow = useCallback(
    (anchor: string): boolean => {
      const target = find(lesson.current, anchor);
      target?.scrollIntoView({ block: 'start' });
      target?.focus({ preventScroll: true });
      return target !== null;
    },
    [lesson],
  );
  useLayoutEffect(() => {
    const element = lesson.current;
    const anchor = place.current && find(element, place.current.id);
    if (element && anchor && place.current)
      element.scrollTop += distanceOf(element, anchor) - place.current.distance;
  }, [lesson, lang]);
  useLayoutEffect(() => {
    const anchor = wanted.current;
    wanted.current = null;
    if (anchor === null || !goNow(anchor)) lesson.current?.scrollTo({ top: 0 });
    place.current = lesson.current && placeIn(lesson.current);
  }, [lesson, stepId, goNow]);

  return {
    goNow,
    goLater: (anchor: string) => {
      wanted.current = anchor;
    },
  };
}
