import { MapEvent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { socketUrl } from '../api.ts';
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
    let socket: WebSocket | null = null;
    let current = emptyFilm;
    const open = () => {
      socket = new WebSocket(socketUrl(`/api/labs/${encodeURIComponent(lab)}/map`));
      socket.onmessage = (message: MessageEvent<string>) => {
        delay = firstDelayMs;
        const next = withEvent(current, MapEvent.parse(JSON.parse(message.data)));
        if (!next) return socket?.close();
        current = next;
        setFilm(next);
      };
      socket.onclose = () => {
        if (over) return;
        const since = current.staleSince ?? current.frames.at(-1)?.picture.at ?? null;
        if (since !== null) {
          current = { ...current, staleSince: since };
          setFilm(current);
        }
        timer = setTimeout(open, delay);
        delay = Math.min(delay * 2, lastDelayMs);
      };
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [lab, wanted]);
  return film;
}
