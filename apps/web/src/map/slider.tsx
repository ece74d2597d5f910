import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeedFacts } from './facts.ts';
import { deedText } from './names.ts';
import { deedIndexes, type Film } from './replay.ts';

/** Between two pictures that are played, whatever lay between them. */
const shortestMs = 300;
const longestMs = 1200;
/** More marks than this are no marks. */
const mostMarks = 120;

interface Props {
  film: Film;
  /** Index of the picture that is shown; null: the newest, as it comes. */
  index: number | null;
  /** What was done at the picture that is shown. */
  deeds: DeedFacts[];
  onIndex: (index: number | null) => void;
}

/** The past to go back over, with a mark at each deed. */
export function TimeSlider({ film, index, deeds, onIndex }: Props) {
  const { t, i18n } = useTranslation();
  const [playing, setPlaying] = useState(false);
  const last = film.frames.length - 1;
  const shown = index ?? last;
  const marks = deedIndexes(film);
  const before = marks.findLast((one) => one < shown);
  const after = marks.find((one) => one > shown);
  useEffect(() => {
    if (!playing) return;
    if (shown >= last) {
      setPlaying(false);
      onIndex(null);
      return;
    }
    const pause = (film.frames[shown + 1]?.picture.at ?? 0) - (film.frames[shown]?.picture.at ?? 0);
    const timer = setTimeout(
      () => onIndex(shown + 1),
      Math.min(longestMs, Math.max(shortestMs, pause)),
    );
    return () => clearTimeout(timer);
  }, [playing, shown, last, film, onIndex]);
  const play = () => {
    if (!playing && shown >= last) onIndex(0);
    setPlaying(!playing);
  };
  const time = new Date(film.frames[shown]?.picture.at ?? 0).toLocaleTimeString(i18n.language);
  const told = deeds.map((one) => deedText(one, t, i18n.language)).join(' ');
  const button = (key: string, sign: string, to: number | undefined) => (
    <button
      type="button"
      className="quiet"
      aria-label={t(key)}
      title={t(key)}
      disabled={to === undefined}
      onClick={() => to !== undefined && onIndex(to)}
    >
      <Sign path={sign} />
    </button>
  );
  return (
    <div className="map-time">
      {button('map.previousDeed', 'M2 2v8M10 2L4 6l6 4z', before)}
      <button
        type="button"
        className="quiet"
        aria-label={t(playing ? 'map.pause' : 'map.play')}
        title={t(playing ? 'map.pause' : 'map.play')}
        disabled={last < 1}
        onClick={play}
      >
        <Sign path={playing ? 'M3 2h2v8H3zM8 2h2v8H8z' : 'M3 2l7 4-7 4z'} />
      </button>
      {button('map.nextDeed', 'M10 2v8M2 2l6 4-6 4z', after)}
      <div className="map-track">
        <Marks marks={marks} last={last} />
        <input
          type="range"
          min={0}
          max={Math.max(0, last)}
          value={Math.max(0, shown)}
          disabled={last < 1}
          aria-label={t('map.time')}
          aria-valuetext={`${time} ${told}`}
          data-testid="map-slider"
          onChange={(event) => {
            setPlaying(false);
            const to = event.target.valueAsNumber;
            onIndex(to >= last ? null : to);
          }}
        />
      </div>
      <time dateTime={new Date(film.frames[shown]?.picture.at ?? 0).toISOString()}>{time}</time>
      <button
        type="button"
        className={index === null ? 'map-live' : 'map-live quiet'}
        aria-pressed={index === null}
        data-testid="map-live"
        onClick={() => {
          setPlaying(false);
          onIndex(null);
        }}
      >
        {t('map.live')}
      </button>
    </div>
  );
}

const Sign = ({ path }: { path: string }) => (
  <svg className="map-sign" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path d={path} />
  </svg>
);

function Marks({ marks, last }: { marks: number[]; last: number }) {
  const step = Math.ceil(marks.length / mostMarks);
  const drawn = step > 1 ? marks.filter((_, at) => at % step === 0) : marks;
  return (
    <svg className="map-marks" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
      {drawn.map((index) => (
        <rect key={index} x={last > 0 ? (index / last) * 994 : 0} width={6} height={8} />
      ))}
    </svg>
  );
}
