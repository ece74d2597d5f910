import { useSyncExternalStore } from 'react';
import { keep, kept } from '../storage.ts';

const key = 'tatami.furigana';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows or hides the readings of Japanese words, here and on later visits. */
export function showFurigana(shown: boolean): void {
  keep(key, shown ? 'shown' : 'hidden');
  for (const listener of listeners) listener();
}

/** Whether readings are shown; they are until they are switched off. */
export const useFurigana = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => kept(key) !== 'hidden',
    () => true,
  );
