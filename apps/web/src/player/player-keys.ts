import { useEffect, useRef } from 'react';
import type { Playback, PlaybackState } from './playback.ts';

const stepMs = 5_000;

/** What a key does, if the player knows it. */
function actionOf(
  key: string,
  playback: Playback,
  { playing, positionMs, durationMs }: PlaybackState,
): (() => void) | undefined {
  const toggle = () => (playing ? playback.pause() : playback.play());
  const actions: Record<string, () => void> = {
    ' ': toggle,
    k: toggle,
    ArrowLeft: () => playback.seek(positionMs - stepMs),
    ArrowRight: () => playback.seek(positionMs + stepMs),
    Home: () => playback.seek(0),
    End: () => playback.seek(durationMs),
  };
  return actions[key];
}

/** Does what keys say, wherever the focus is, unless they belong to the control that has it. */
export function usePlayerKeys(playback: Playback | null, state: PlaybackState | null): void {
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => {
    if (!playback) return;
    const onKey = (event: KeyboardEvent) => {
      if (!latest.current || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)
        return;
      const own = 'select, a, button, input:not([type=range])';
      if (event.target instanceof Element && event.target.matches(own)) return;
      const action = actionOf(event.key, playback, latest.current);
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    };
    // Before the terminal, which would scroll to its end.
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [playback]);
}
