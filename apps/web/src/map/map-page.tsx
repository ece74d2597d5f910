import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/map.css';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import type { MapWish } from './focus.ts';
import { MapView } from './map-view.tsx';
import { useFilm } from './use-film.ts';

const now: MapWish = { focus: null, at: null };

/** The map alone, for a projector: it follows what happens. */
export default function MapPage({ lab }: { lab: string }) {
  const { t, i18n } = useTranslation();
  const [title, setTitle] = useState('');
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    api
      .session()
      .then(() => api.lab(lab, i18n.language))
      .then(
        (found) => !over && setTitle(found.title),
        (cause: unknown) => !over && setError(cause),
      );
    return () => {
      over = true;
    };
  }, [lab, i18n.language]);
  const film = useFilm(lab, title !== '');
  useEffect(() => {
    document.title = `${t('map')} · ${title} · Tatami`;
  }, [t, title]);
  return (
    <main className="map-page">
      <h1>{title || t('map')}</h1>
      <ErrorText error={error} />
      <MapView {...{ lab, film, wish: now }} isLarge>
        <a className="button quiet" href={`/labs/${lab}`}>
          {t('map.toLab')}
        </a>
      </MapView>
    </main>
  );
}
