import type { Session } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { copy } from '../copy.ts';
import { ErrorText } from '../error-text.tsx';

/** This browser's code, and a place to type that of another. */
export function ResumeCode({
  code,
  onResumed,
}: {
  code: string;
  onResumed: (session: Session) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState<unknown>(null);
  const resume = () =>
    api.resume(typed).then(
      (session) => {
        setTyped('');
        setError(null);
        setNote(t('resumed'));
        onResumed(session);
      },
      (cause: unknown) => {
        setNote('');
        setError(cause);
      },
    );
  return (
    <section className="resume" aria-label={t('resumeCode')}>
      <div>
        <h2>{t('resumeCode')}</h2>
        <p>{t('resumeText')}</p>
        <p className="row">
          <code data-testid="resume-code">{code}</code>
          <button
            type="button"
            className="quiet"
            onClick={() =>
              void copy(code).then((done) => setNote(t(done ? 'copied' : 'notCopied')))
            }
          >
            {t('copy')}
          </button>
        </p>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void resume();
        }}
      >
        <label htmlFor="resume-input">{t('resumeInput')}</label>
        <div className="row">
          <input
            id="resume-input"
            data-testid="resume-input"
            autoComplete="off"
            spellCheck={false}
            placeholder="XXXX-XXXX-XXXX-XXXX"
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
          />
          <button type="submit" disabled={!typed.trim()}>
            {t('resume')}
          </button>
        </div>
        <p role="status">{note}</p>
        <ErrorText error={error} />
      </form>
    </section>
  );
}
