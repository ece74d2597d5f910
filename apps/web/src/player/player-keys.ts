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

/** Does what a key says, unless it belongs to the control that has the focus. */
export function handleKey(
  event: React.KeyboardEvent,
  playback: Playback | null,
  state: PlaybackState | null,
): void {
  if (!playback || !state || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)
    return;
  const target = event.target as Element;
  if (target.matches('select, a, button, input:not([type=range])')) return;
  const action = actionOf(event.key, playback, state);
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}
