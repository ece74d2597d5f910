import { useEffect, useRef, useState } from 'react';

/** The server's time as a stream tells it; drawn anew every so often. */
export function useClock(everyMs = 5_000) {
  const ahead = useRef(0);
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return {
    now: Date.now() + ahead.current,
    set: (serverMs: number) => {
      ahead.current = serverMs - Date.now();
    },
  };
}
