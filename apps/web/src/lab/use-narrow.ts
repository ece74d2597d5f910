import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 760px)');

/** Whether text and terminals have to stand one above the other. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => query.matches,
  );
}
