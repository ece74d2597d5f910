import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/map.css';
import type { MapWish } from './focus.ts';
import { MapView } from './map-view.tsx';
import { useFilm } from './use-film.ts';

interface Props {
  lab: string;
  wish: MapWish;
  onClose: () => void;
}

/** The map beside the terminals, or as large as the window. */
export default function MapPanel({ lab, wish, onClose }: Props) {
  const { t } = useTranslation();
  const film = useFilm(lab, true);
  const [isLarge, setLarge] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isLarge) dialog.current?.showModal();
  }, [isLarge]);
  const view = (
    <MapView {...{ lab, film, wish, isLarge }}>
      <button
        type="button"
        className="quiet"
        data-testid="map-large"
        onClick={() => setLarge(!isLarge)}
      >
        {t(isLarge ? 'map.smaller' : 'map.larger')}
      </button>
      <a
        className="button quiet map-extra"
        href={`/labs/${lab}/map`}
        target="_blank"
        rel="noreferrer"
      >
        {t('map.projector')}
      </a>
      {!isLarge && (
        <button type="button" className="quiet" data-testid="map-close" onClick={onClose}>
          {t('close')}
        </button>
      )}
    </MapView>
  );
  if (!isLarge) return <div className="map-panel">{view}</div>;
  return (
    <div className="map-panel">
      <dialog
        ref={dialog}
        className="map-dialog"
        aria-label={t('map')}
        onClose={() => setLarge(false)}
      >
        {view}
      </dialog>
    </div>
  );
}
