import { SeatEvent } from '@tatami/protocol';
import { useEffect } from 'react';
import { keep, kept } from '../storage.ts';
import { pageLine } from '../transport/page-line.ts';
import type { Transport } from '../transport/transport.ts';
import { noteSeat, useSeat } from './seat-store.ts';

const firstDelayMs = 500;
const lastDelayMs = 10_000;

/** Tells this browser's pages from those of another machine. */
function browserId(): string {
  const name = 'tatami.browser';
  const known = kept(name);
  if (known && /^[0-9a-f]{16}$/.test(known)) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const fresh = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  keep(name, fresh);
  return fresh;
}

/** Keeps the seat current while one is there. Once per page. */
export function useSeatFollower(): void {
  const { seat, code } = useSeat();
  const follows = seat != null;
  useEffect(() => {
    if (!follows) return;
    let over = false;
    let delay = firstDelayMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stream: Transport | null = null;
    const open = () => {
      stream = pageLine.open(`/api/seat/events?browser=${browserId()}`, {
        onMessage: (data) => {
          delay = firstDelayMs;
          noteSeat(SeatEvent.parse(JSON.parse(String(data))));
        },
        onClose: () => {
          if (over) return;
          timer = setTimeout(open, delay);
          delay = Math.min(delay * 2, lastDelayMs);
        },
      });
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.close();
    };
  }, [follows, code]);
}
