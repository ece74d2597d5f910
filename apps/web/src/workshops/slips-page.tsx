import type { Slip, Workshop } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from '../staff/shown-date.ts';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { Qr } from './qr.tsx';
import { workshopsApi } from './workshops-api.ts';

const least = 'instructor';

/** Slips to print and cut: one for each on the roster, in their own language. */
export default function SlipsPage({ id }: { id: string }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('workshops.slips')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly role={least}>
      {() => (
        <main className="page slips-page">
          <Slips id={id} />
        </main>
      )}
    </StaffOnly>
  );
}

function Slips({ id }: { id: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState<{ workshop: Workshop; slips: Slip[] } | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    Promise.all([workshopsApi.workshop(id), workshopsApi.slips(id)]).then(
      ([workshop, slips]) => setAll({ workshop, slips }),
      (cause: unknown) => !isSignedOut(cause) && setError(cause),
    );
  }, [id]);
  if (!all) return error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>;
  return (
    <>
      <div className="slips-head">
        <h1>{t('workshops.slips')}</h1>
        <p>{t('workshops.slipsText')}</p>
        <p className="row">
          <button type="button" onClick={() => print()}>
            {t('workshops.print')}
          </button>
          <a href={`/workshops/${id}`}>{all.workshop.title}</a>
        </p>
      </div>
      <div className="slips">
        {all.slips.map((slip) => (
          <OneSlip key={slip.personalCode} slip={slip} workshop={all.workshop} />
        ))}
      </div>
    </>
  );
}

function OneSlip({ slip, workshop }: { slip: Slip; workshop: Workshop }) {
  const { i18n } = useTranslation();
  const { number, name, language, pin, personalCode } = slip;
  const say = i18n.getFixedT(language);
  return (
    <article className="slip" lang={language} data-testid="slip">
      <Qr
        text={`${location.origin}/join#${personalCode}`}
        label={say('workshops.slipQr', { name })}
      />
      <div>
        <h2>{name}</h2>
        <p>
          {workshop.title}
          <br />
          {shownDate(workshop.opensAt, language)}
        </p>
        <p>{say('workshops.slipText', { address: `${location.host}/join` })}</p>
        <dl>
          <dt>{say('workshops.code')}</dt>
          <dd>{workshop.joinCode}</dd>
          <dt>{say('workshops.number')}</dt>
          <dd>{number}</dd>
          <dt>PIN</dt>
          <dd>{pin}</dd>
          <dt>{say('workshops.personalCode')}</dt>
          <dd>{personalCode}</dd>
        </dl>
        <small>{say('workshops.slipKeep')}</small>
      </div>
    </article>
  );
}
