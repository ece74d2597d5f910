import { MapEvent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { pageLine } from '../transport/page-line.ts';
import type { Transport } from '../transport/transport.ts';
import { emptyFilm, type Film, withEvent } from './replay.ts';

const firstDelayMs = 250;
const lastDelayMs = 5000;

/** A lab's machine as it was and is, kept current while `wanted`; stale as long as nobody can tell. */
export function useFilm(lab: string, wanted: boolean): Film {
  const [film, setFilm] = useState<Film>(emptyFilm);
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    let delay = firstDelayMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stream: Transport | null = null;
    let current = emptyFilm;
    const open = () => {
      stream = pageLine.open(`/api/labs/${encodeURIComponent(lab)}/map`, {
        onMessage: (data) => {
          delay = firstDelayMs;
          const next = withEvent(current, MapEvent.parse(JSON.parse(String(data))));
          if (!next) return again();
          current = next;
          setFilm(next);
        },
        onClose: again,
      });
    };
    const again = () => {
      stream?.close();
      if (over) return;
      const since = current.staleSince ?? current.frames.at(-1)?.picture.at ?? null;
      if (since !== null) {
        current = { ...current, staleSince: since };
        setFilm(current);
      }
      clearTimeout(timer);
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, lastDelayMs);
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.close();
    };
  }, [lab, wanted]);
  return film;
}
