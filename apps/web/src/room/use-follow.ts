import { useEffect, useRef, useState } from 'react';
import { pageLine } from '../transport/page-line.ts';
import type { Transport } from '../transport/transport.ts';

const firstDelayMs = 250;
const lastDelayMs = 5_000;

/** How a stream of news stands; `refused`, with the close code, is final for its path. */
export type Following = 'opening' | 'live' | 'lost' | { refused: number };

/** Follows a stream of JSON texts for as long as the path stays, across cuts; null follows nothing. */
export function useFollow(path: string | null, onText: (text: string) => void): Following {
  const [state, setState] = useState<Following>('opening');
  const latest = useRef(onText);
  latest.current = onText;
  useEffect(() => {
    if (path === null) return;
    let over = false;
    let delay = firstDelayMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stream: Transport | null = null;
    const open = () => {
      stream = pageLine.open(path, {
        onMessage: (data) => {
          if (over) return;
          delay = firstDelayMs;
          setState('live');
          latest.current(String(data));
        },
        onClose: (code) => {
          if (over) return;
          // 4005 and 4006: not ours, or not there.
          if (code === 4005 || code === 4006) return setState({ refused: code });
          setState('lost');
          timer = setTimeout(open, delay);
          delay = Math.min(delay * 2, lastDelayMs);
        },
      });
    };
    setState('opening');
    open();
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.close();
    };
  }, [path]);
  return state;
}
