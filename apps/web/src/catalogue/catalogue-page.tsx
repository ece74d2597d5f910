import type { LabCard, Session } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { LabFacts } from './lab-facts.tsx';
import { Prerequisites } from './prerequisites.tsx';
import { ResumeCode } from './resume-code.tsx';

/** The labs, and the code to go on elsewhere. */
export function CataloguePage() {
  const { t, i18n } = useTranslation();
  const [session, setSession] = useState<Session | null>(null);
  const [labs, setLabs] = useState<LabCard[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `Tatami · ${t('labs')}`;
    api
      .session()
      .then((found) => {
        setSession(found);
        return api.labs(i18n.language).then(setLabs);
      })
      .catch(setError);
  }, [i18n.language, t]);
  return (
    <main className="page">
      <h1>{t('headline')}</h1>
      <p className="lead">{t('tagline')}</p>
      <ErrorText error={error} />
      <div className="cards">
        {labs?.map((card) => (
          <Card
            key={card.id}
            card={card}
            labs={labs}
            standing={session?.labs.find(({ lab }) => lab === card.id)}
          />
        ))}
      </div>
      {session && <ResumeCode code={session.resumeCode} onResumed={setSession} />}
      <p>
        <a href="/join">{t('workshops.joinTitle')}</a> · <a href="/staff">{t('staff.link')}</a>
      </p>
    </main>
  );
}

function Card({
  card,
  labs,
  standing,
}: {
  card: LabCard;
  /** All of them, for the titles of its prerequisites. */
  labs: LabCard[];
  standing: Session['labs'][number] | undefined;
}) {
  const { t } = useTranslation();
  const { id, status, title, summary, lang, prerequisites } = card;
  const begun = (standing?.passed ?? 0) > 0;
  return (
    <article className="card" data-status={status} data-testid={`lab-card-${id}`}>
      <LabFacts {...card} />
      <h2 lang={lang}>{title}</h2>
      <p lang={lang}>{summary}</p>
      <Prerequisites ids={prerequisites} labs={labs} />
      {status === 'ready' ? (
        <div className="card-end">
          <a className="button" href={`/labs/${id}`} data-testid="start-lab">
            {t(begun ? 'goOn' : 'start')}
          </a>
          {begun && standing && (
            <label className="standing">
              <progress value={standing.passed} max={standing.total} />
              {t('standing', { passed: standing.passed, total: standing.total })}
            </label>
          )}
        </div>
      ) : (
        <small className="card-end">{t(status)}</small>
      )}
    </article>
  );
}
