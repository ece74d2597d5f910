import type { LearnerMark, MarkChangeRequest, WorkshopMarks } from '@tatami/protocol';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from '../staff/shown-date.ts';

/** An item of a learner. */
export interface Chosen {
  learner: LearnerMark;
  itemId: string;
}

interface Props extends Chosen {
  marks: WorkshopMarks;
  /** Why the last change was refused: the page behind a dialog is dimmed. */
  error: unknown;
  onClose: () => void;
  /** @returns whether it was kept. */
  onChange: (change: MarkChangeRequest) => Promise<boolean>;
}

/** Changes what an item earned, with a reason; shows what was changed before. */
export function ChangeDialog({ learner, itemId, marks, error, onClose, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const most = marks.scheme.items.find(({ id }) => id === itemId)?.points ?? 0;
  const item = learner.mark.items.find(({ id }) => id === itemId);
  const [points, setPoints] = useState(String(item?.earned ?? 0));
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const changes = learner.changes.filter((change) => change.itemId === itemId);
  useEffect(() => dialog.current?.showModal(), []);
  const send = async (earned: number | null) => {
    setBusy(true);
    const done = await onChange({ itemId, earned, reason });
    setBusy(false);
    if (done) dialog.current?.close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(Math.round(Number(points) * 100) / 100);
  };
  const hasReason = reason.trim().length >= 3;
  return (
    <dialog ref={dialog} className="marks-dialog" aria-label={t('marks.change')} onClose={onClose}>
      <h2>{learner.name}</h2>
      <p lang={marks.lang}>{marks.texts[itemId]}</p>
      <p>{item && t(`mark.${item.state}`)}</p>
      <form onSubmit={submit} className="staff-form">
        <label>
          {t('marks.points', { most })}
          <input
            type="number"
            required
            min={0}
            max={most}
            step="0.01"
            value={points}
            data-testid="change-points"
            onChange={(event) => setPoints(event.target.value)}
          />
        </label>
        <label>
          {t('marks.reason')}
          <textarea
            required
            minLength={3}
            maxLength={500}
            rows={3}
            value={reason}
            data-testid="change-reason"
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <ErrorText error={error} />
        <div className="row">
          <button type="submit" disabled={busy || !hasReason}>
            {t('marks.change')}
          </button>
          {changes.at(-1)?.earned != null && (
            <button
              type="button"
              className="quiet"
              disabled={busy || !hasReason}
              onClick={() => void send(null)}
            >
              {t('marks.changeBack')}
            </button>
          )}
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            {t('cancel')}
          </button>
        </div>
      </form>
      {changes.length > 0 && (
        <ol className="marks-changes">
          {changes.map((change) => (
            <li key={change.at}>
              <b>{change.earned ?? t('marks.asGraded')}</b> {change.by}{' '}
              <small>{shownDate(change.at, i18n.language)}</small>
              <br />
              {change.reason}
            </li>
          ))}
        </ol>
      )}
    </dialog>
  );
}
