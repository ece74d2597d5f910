import { PrivacyNotice as Notice } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, call } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { PrivacyNotice } from './privacy-notice.tsx';

/** What is kept of whoever opens it, all of it as a file, and an end of it. */
export default function PrivacyPage() {
  const { t } = useTranslation();
  const [notice, setNotice] = useState<Notice | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isErased, setErased] = useState(false);
  useEffect(() => {
    document.title = `Tatami · ${t('privacy.title')}`;
    api
      .session()
      .then(() => call(Notice, '/api/privacy'))
      .then(setNotice, setError);
  }, [t]);
  const erase = () =>
    answerOf('/api/privacy/erasure', 'POST', { confirm: 'erase' }).then(
      () => setErased(true),
      setError,
    );
  if (isErased)
    return (
      <main className="page">
        <h1>{t('privacy.erased')}</h1>
        <p>{t('privacy.erasedText')}</p>
        {/* Loads the program anew: nothing of before is left in it. */}
        <p>
          <a href="/?" className="button">
            {t('labs')}
          </a>
        </p>
      </main>
    );
  return (
    <main className="page">
      <h1>{t('privacy.page')}</h1>
      {notice?.workshop && <p className="lead">{notice.workshop.title}</p>}
      <ErrorText error={error} />
      {notice && (
        <>
          <PrivacyNotice {...notice.retention} inWorkshop={notice.workshop !== null} />
          <section>
            <h2>{t('privacy.download')}</h2>
            <p>{t('privacy.downloadText')}</p>
            <a className="button" href="/api/privacy/data" download>
              {t('privacy.download')}
            </a>
          </section>
          <Erase inWorkshop={notice.workshop !== null} onErase={erase} />
        </>
      )}
    </main>
  );
}

function Erase({ inWorkshop, onErase }: { inWorkshop: boolean; onErase: () => Promise<void> }) {
  const { t } = useTranslation();
  const [isSure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const erase = async () => {
    setBusy(true);
    await onErase();
    setBusy(false);
  };
  return (
    <section>
      <h2>{t('privacy.erase')}</h2>
      <p>{t('privacy.eraseText')}</p>
      {inWorkshop && <p className="banner">{t('privacy.eraseMark')}</p>}
      <label className="row">
        <input
          type="checkbox"
          checked={isSure}
          data-testid="erase-sure"
          onChange={(event) => setSure(event.target.checked)}
        />
        {t('privacy.sure')}
      </label>
      <p>
        <button
          type="button"
          disabled={!isSure || busy}
          data-testid="erase"
          onClick={() => void erase()}
        >
          {t('privacy.erase')}
        </button>
      </p>
    </section>
  );
}
