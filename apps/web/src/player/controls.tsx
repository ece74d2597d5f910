import { useTranslation } from 'react-i18next';
import { clockTime } from './clock-time.ts';
import { type Playback, type PlaybackState, speeds } from './playback.ts';

interface Props {
  playback: Playback;
  state: PlaybackState;
  /** A place to mark, as played. */
  markMs: number | null;
}

/** Play and pause, where, how fast. */
export function Controls({ playback, state, markMs }: Props) {
  const { t } = useTranslation();
  const { playing, positionMs, durationMs } = state;
  const name = t(playing ? 'map.pause' : 'map.play');
  const time = `${clockTime(positionMs)} / ${clockTime(durationMs)}`;
  return (
    <div className="player-controls">
      <button
        type="button"
        className="player-play"
        aria-label={name}
        title={name}
        data-testid="player-play"
        disabled={durationMs === 0}
        onClick={() => (playing ? playback.pause() : playback.play())}
      >
        <svg width="16" height="16" viewBox="0 0 12 12" aria-hidden="true">
          <path d={playing ? 'M3 2h2v8H3zM7 2h2v8H7z' : 'M3 2l7 4-7 4z'} fill="currentColor" />
        </svg>
      </button>
      <div className="player-track">
        {markMs !== null && durationMs > 0 && (
          <svg viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
            <rect x={(markMs / durationMs) * 994} width={6} height={8} />
          </svg>
        )}
        <input
          type="range"
          min={0}
          max={Math.ceil(durationMs)}
          value={Math.round(positionMs)}
          disabled={durationMs === 0}
          aria-label={t('player.position')}
          aria-valuetext={time}
          data-testid="player-position"
          onChange={(event) => playback.seek(event.target.valueAsNumber)}
        />
      </div>
      <span className="player-time" data-testid="player-time">
        {time}
      </span>
      <label>
        <span className="unseen">{t('player.speed')}</span>
        <select
          value={state.speed}
          data-testid="player-speed"
          onChange={(event) => playback.setSpeed(Number(event.target.value))}
        >
          {speeds.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <label className="player-choice">
        <input
          type="checkbox"
          checked={state.cutsPauses}
          data-testid="player-pauses"
          onChange={(event) => playback.cutPauses(event.target.checked)}
        />
        {t('player.cutPauses')}
      </label>
    </div>
  );
}
