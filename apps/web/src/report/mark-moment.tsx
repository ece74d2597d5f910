import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { reportApi } from './report-api.ts';

/** Keeps this moment for the incident report: what the kernel says, and where the recordings stand. */
export function MarkMoment({ lab }: { lab: string }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const mark = async () => {
    setBusy(true);
    try {
      await reportApi.mark(lab, note);
      setNote('');
      setError(null);
      dialog.current?.close();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        className="quiet"
        data-testid="mark-moment"
        onClick={() => dialog.current?.showModal()}
      >
        {t('report.mark')}
      </button>
      <dialog ref={dialog} aria-label={t('report.mark')}>
        <h2>{t('report.mark')}</h2>
        <p>{t('report.mark.text')}</p>
        <form
          className="staff-form"
          onSubmit={(event) => {
            event.preventDefault();
            void mark();
          }}
        >
          <input
            value={note}
            maxLength={200}
            aria-label={t('report.mark.note')}
            placeholder={t('report.mark.note')}
            data-testid="mark-note"
            onChange={(event) => setNote(event.target.value)}
          />
          <ErrorText error={error} />
          <div className="row">
            <button type="submit" disabled={busy || note.trim() === ''} data-testid="mark-send">
              {t('report.mark.send')}
            </button>
            <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
              {t('cancel')}
            </button>
            <a href={`/labs/${lab}/report`}>{t('report.title')}</a>
          </div>
        </form>
      </dialog>
    </>
  );
}
