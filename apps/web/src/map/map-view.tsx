import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from './card.tsx';
import { Drawing } from './drawing.tsx';
import { fileName, pngOf, save, svgText } from './export.ts';
import type { MapWish } from './focus.ts';
import { MapScene } from './map-context.ts';
import { deedText } from './names.ts';
import { type Film, isLost } from './replay.ts';
import { TimeSlider } from './slider.tsx';
import { MapTable } from './table.tsx';
import { useCalm, useSettled } from './use-calm.ts';
import { useFollow } from './use-follow.ts';
import { useRoving } from './use-roving.ts';
import { useChoice, useMoment } from './use-scene.ts';
import { useSize } from './use-size.ts';

/** A sentence is read to its end before the next one. */
const tellPauseMs = 1500;
/** Lower than this there is no room for everything at once. */
const compactBelowPx = 420;
/** What was done last, below the drawing. */
const toldDeeds = { beside: 2, large: 3 };
const besideScales = [1] as const;
/** Where the map is all that is shown: as large as it fits. */
const largeScales = [1.6, 1.45, 1.3, 1.15, 1] as const;
/** A pointer on its way to somewhere else opens nothing. */
const previewAfterMs = 400;

interface Props {
  lab: string;
  film: Film;
  wish: MapWish;
  /** It is all that is shown, not beside terminals. */
  isLarge: boolean;
  /** Buttons of where it is shown. */
  children?: ReactNode;
}

/** The map of one machine with its table, its past and what was done last. */
export function MapView({ lab, film, wish, isLarge, children }: Props) {
  const { t, i18n } = useTranslation();
  const [isTable, setTable] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const { width, height } = useSize(scroller);
  const compact = height < compactBelowPx;
  const { index, facts, deeds, now, fresh, setIndex } = useMoment(film, wish);
  const { layout, scale, scene, selected, looked, close } = useChoice(facts, wish, {
    ...{ width, height, compact, scales: isLarge ? largeScales : besideScales },
  });
  const { current, setCurrent, onKeyDown } = useRoving(svg, layout.items, {
    open: scene.open,
    close: selected === null ? null : close,
  });
  const previewed = useSettled(selected === null ? looked : null, previewAfterMs);
  const carded = selected ?? previewed;
  const cardedItem = layout.items.find(({ id }) => id === carded);
  useEffect(() => {
    if (wish.focus !== null)
      svg.current?.querySelector('[data-pointed="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [wish]);
  const last = deeds.at(-1);
  const followed = index === null && selected === null ? (last ?? null) : null;
  useFollow(svg, facts, followed, `${width} ${height} ${scale}`);
  const sentence = last ? deedText(last, t, i18n.language) : t('map.nothingYet');
  const told = useCalm(sentence, tellPauseMs);
  const { at } = facts.picture;
  const heading = `${t('map')} · ${lab} · ${new Date(at).toLocaleString(i18n.language)}`;
  const saveAs = async (ending: 'svg' | 'png') => {
    if (!svg.current) return;
    const text = svgText(svg.current, heading);
    const blob = ending === 'png' ? await pngOf(text) : new Blob([text], { type: 'image/svg+xml' });
    save(blob, fileName(lab, at, ending));
  };
  const isEmpty = film.frames.length === 0;
  return (
    <section className="map" aria-label={t('map')} data-testid="map" data-seq={facts.picture.seq}>
      <div className="map-bar">
        <button
          type="button"
          className="quiet"
          aria-pressed={isTable}
          data-testid="map-toggle-table"
          onClick={() => setTable(!isTable)}
        >
          {t('map.table')}
        </button>
        {(['svg', 'png'] as const).map((ending) => (
          <button
            key={ending}
            type="button"
            className="quiet map-extra"
            disabled={isTable || isEmpty}
            data-testid={`map-save-${ending}`}
            onClick={() => void saveAs(ending)}
          >
            {t(`map.save.${ending}`)}
          </button>
        ))}
        {children}
      </div>
      <Warnings
        film={film}
        cut={facts.picture.cut}
        isPast={index !== null}
        at={at}
        asked={index === 0 ? wish.at : null}
      />
      <div className="map-stage">
        <div className="map-scroller" ref={scroller} tabIndex={isTable ? 0 : undefined}>
          {isEmpty ? (
            <p>{t('map.waiting')}</p>
          ) : isTable ? (
            <MapTable facts={facts} deeds={deeds} />
          ) : (
            <MapScene value={{ ...scene, facts, fresh, current, setCurrent }}>
              <Drawing {...{ svg, layout, scale, onKeyDown }} />
            </MapScene>
          )}
        </div>
        {carded !== null && carded !== 'machine' && !isTable && (
          <Card
            {...{ facts, id: carded, onClose: close, isPreview: selected === null }}
            isAtStart={cardedItem !== undefined && cardedItem.x > layout.width / 2}
          />
        )}
      </div>
      <ol className="map-told" aria-hidden="true" data-testid="map-told">
        {deeds.length === 0 && <li>{sentence}</li>}
        {deeds.slice(-toldDeeds[isLarge ? 'large' : 'beside']).map((one) => (
          <li key={`${one.deed.at} ${one.deed.process} ${one.deed.what}`}>
            {deedText(one, t, i18n.language)}
          </li>
        ))}
      </ol>
      <p className="unseen" role="status">
        {told}
      </p>
      <TimeSlider
        {...{ film, index, onIndex: setIndex }}
        deeds={deeds.filter(({ deed }) => now.includes(deed))}
      />
    </section>
  );
}

interface WarningsProps {
  film: Film;
  cut: boolean;
  isPast: boolean;
  at: number;
  /** The moment that was asked for. */
  asked: number | null;
}

/** What the picture is not: of now, or whole. */
function Warnings({ film, cut, isPast, at, asked }: WarningsProps) {
  const { staleSince } = film;
  const { t, i18n } = useTranslation();
  const time = (ms: number) => new Date(ms).toLocaleTimeString(i18n.language);
  return (
    <>
      {staleSince !== null && (
        <p className="banner" role="alert" data-testid="map-stale">
          {t('map.stale', { time: time(staleSince) })}
        </p>
      )}
      {asked !== null && isLost(film, asked) && (
        <p className="banner" role="alert" data-testid="map-lost">
          {t('map.lost', { time: new Date(asked).toLocaleString(i18n.language) })}
        </p>
      )}
      {isPast && (
        <p className="banner" data-testid="map-past">
          {t('map.past', { time: time(at) })}
        </p>
      )}
      {cut && (
        <p className="banner" data-testid="map-cut">
          {t('map.cut')}
        </p>
      )}
    </>
  );
}
