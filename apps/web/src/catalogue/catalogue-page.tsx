import type { LabCard, Session } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { copy } from '../copy.ts';
import { ErrorText } from '../error-text.tsx';

/** The labs, and the code to go on elsewhere. */
export function CataloguePage() {
  const { t, i18n } = useTranslation();
  const [session, setSession] = useState<Session | null>(null);
  const [labs, setLabs] = useState<LabCard[]>([]);
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    api
      .session()
      .then((found) => {
        setSession(found);
        return api.labs(i18n.language).then(setLabs);
      })
      .catch(setError);
  }, [i18n.language]);
  return (
    <main className="catalogue">
      <h1>{t('labs')}</h1>
      <p className="lead">{t('tagline')}</p>
      <ErrorText error={error} />
      <div className="cards">
        {labs.map((card) => (
          <article
            key={card.id}
            lang={card.lang}
            className="card"
            data-status={card.status}
            data-testid={`lab-card-${card.id}`}
          >
            <small>
              {String(card.order).padStart(2, '0')} · {t('minutes', { n: card.minutes })}
            </small>
            <h2>{card.title}</h2>
            <p>{card.summary}</p>
            {card.status === 'ready' ? (
              <a className="button" href={`/labs/${card.id}`} data-testid="start-lab">
                {t('start')}
              </a>
            ) : (
              <small>{t('planned')}</small>
            )}
          </article>
        ))}
      </div>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          api.resume(code.trim()).then((found) => {
            setSession(found);
            setError(null);
          }, setError);
        }}
      >
        <span>{t('resumeCode')}</span>
        <code data-testid="resume-code">{session?.resumeCode}</code>
        <button
          type="button"
          className="quiet"
          onClick={() => void copy(session?.resumeCode ?? '')}
        >
          {t('copy')}
        </button>
        <input
          data-testid="resume-input"
          aria-label={t('resumeCode')}
          value={code}
          onChange={(e) => setCode(e.target.value)}
        />
        <button type="submit">{t('resume')}</button>
      </form>
    </main>
  );
}
