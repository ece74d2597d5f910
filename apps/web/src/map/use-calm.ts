import { useEffect, useRef, useState } from 'react';

/** A value that is taken over at once, but not more often than this; the last one always arrives. */
export function useCalm<T>(value: T, pauseMs: number): T {
  const [shown, setShown] = useState(value);
  const lastAt = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, lastAt.current + pauseMs - Date.now());
    const timer = setTimeout(() => {
      lastAt.current = Date.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return shown;
}

/** A value once it has not changed for a while; `null` at once. */
export function useSettled<T>(value: T | null, pauseMs: number): T | null {
  const [shown, setShown] = useState<T | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(value), value === null ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return value === null ? null : shown;
}
