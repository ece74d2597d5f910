import type { Weights, WorkshopMarks } from '@tatami/protocol';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownDate } from '../staff/shown-date.ts';

interface Props {
  marks: WorkshopMarks;
  /** @returns whether it was done. */
  onGrade: (reason: string, weights: Weights) => Promise<boolean>;
}

/** The gradings so far, and another one: with the lesson as it is now, and other weights if need be. */
export function GradeAgain({ marks, onGrade }: Props) {
  const { t, i18n } = useTranslation();
  const { scheme, gradings } = marks;
  const [points, setPoints] = useState<Record<string, number>>(() =>
    Object.fromEntries(scheme.items.map((item) => [item.id, item.points])),
  );
  const [passPercent, setPassPercent] = useState(scheme.passPercent);
  const [assistedPercent, setAssistedPercent] = useState(scheme.assistedPercent);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  if (gradings.length === 0) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await onGrade(reason, { points, passPercent, assistedPercent });
    setBusy(false);
  };
  return (
    <section data-testid="gradings">
      <h2>{t('marks.gradings')}</h2>
      <ol>
        {gradings.map(({ version, madeAt, by, reason: why }) => (
          <li key={version}>
            {shownDate(madeAt, i18n.language)} <small>{by ?? t('marks.byServer')}</small>
            {why && <br />}
            {why}
          </li>
        ))}
      </ol>
      {marks.settled && (
        <details>
          <summary>{t('marks.gradeAgain')}</summary>
          <p>{t('marks.gradeAgainText')}</p>
          <form onSubmit={(event) => void submit(event)} className="marks-weights">
            {scheme.items.map(({ id }) => (
              <Weight
                key={id}
                label={marks.texts[id] ?? id}
                lang={marks.lang}
                most={1000}
                value={points[id] ?? 0}
                onChange={(value) => setPoints({ ...points, [id]: value })}
              />
            ))}
            <Weight
              label={t('marks.passPercent')}
              most={100}
              value={passPercent}
              onChange={setPassPercent}
            />
            <Weight
              label={t('marks.assistedPercent')}
              most={100}
              value={assistedPercent}
              onChange={setAssistedPercent}
            />
            <label className="marks-why">
              {t('marks.why')}
              <textarea
                required
                minLength={3}
                maxLength={500}
                rows={2}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
            <button type="submit" disabled={busy || reason.trim().length < 3}>
              {t('marks.gradeAgain')}
            </button>
          </form>
        </details>
      )}
    </section>
  );
}

function Weight(props: {
  label: string;
  lang?: string;
  most: number;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <label>
      <span lang={props.lang}>{props.label}</span>
      <input
        type="number"
        required
        min={0}
        max={props.most}
        step={1}
        value={props.value}
        onChange={(event) => props.onChange(Math.round(Number(event.target.value)))}
      />
    </label>
  );
}
