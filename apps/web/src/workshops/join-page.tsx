import type { JoinInfo } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { decoded, go, useHash } from '../navigation.ts';
import { PrivacyNotice } from '../privacy/privacy-notice.tsx';
import { shownDate } from '../staff/shown-date.ts';
import { JoinByName } from './join-by-name.tsx';
import { JoinByPin } from './join-by-pin.tsx';
import { WithCode } from './with-code.tsx';
import { workshopsApi } from './workshops-api.ts';

/** Into a workshop: by its code, or by a personal link, whose code is behind the `#`. */
export default function JoinPage({ code }: { code: string }) {
  const { t } = useTranslation();
  const personal = decoded(useHash());
  useEffect(() => {
    document.title = `${t('workshops.joinTitle')} · Tatami`;
  }, [t]);
  if (personal) return <PersonalLink key={personal} code={personal} />;
  return code ? <JoinWorkshop key={code} code={code} /> : <AskCode />;
}

/** Whoever opens a personal link is in its seat. */
function PersonalLink({ code }: { code: string }) {
  const { t, i18n } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    api.resume(code).then(({ seat }) => {
      if (seat) void i18n.changeLanguage(seat.language);
      // The code need not stay in the history.
      go('/seat', { replace: true });
    }, setError);
  }, [code, i18n]);
  return (
    <main className="page workshop-narrow">
      {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
    </main>
  );
}

function AskCode() {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const typed = code.trim();
  return (
    <main className="page workshop-narrow">
      <h1>{t('workshops.joinTitle')}</h1>
      <p className="lead">{t('workshops.joinText')}</p>
      <form
        className="staff-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed) go(`/join/${encodeURIComponent(typed)}`);
        }}
      >
        <label>
          {t('workshops.code')}
          <input
            className="code-input"
            data-testid="join-code"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            required
            maxLength={40}
            placeholder="ABC-DEF"
            value={code}
            onChange={(e) => setCode(e.target.value)}
          />
        </label>
        <button type="submit" disabled={!typed}>
          {t('workshops.next')}
        </button>
      </form>
      <WithCode />
    </main>
  );
}

function JoinWorkshop({ code }: { code: string }) {
  const { t, i18n } = useTranslation();
  const [info, setInfo] = useState<JoinInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    workshopsApi.info(code).then(setInfo, setError);
  }, [code]);
  if (!info)
    return (
      <main className="page workshop-narrow">
        {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
        <p>
          <a href="/join">{t('workshops.otherCode')}</a>
        </p>
      </main>
    );
  const { title, state, opensAt, endsAt, joining } = info;
  const date = shownDate(state === 'draft' ? opensAt : endsAt, i18n.language);
  return (
    <main className="page workshop-narrow">
      <h1>{title}</h1>
      <p className="lead">{t(`workshops.when.${state}`, { date })}</p>
      {state === 'ended' ? null : joining === 'roster' ? (
        <JoinByPin code={code} />
      ) : (
        <JoinByName code={code} info={info} />
      )}
      {state !== 'ended' && <PrivacyNotice {...info} />}
      <WithCode />
    </main>
  );
}
