import type { AuditEntry, LabContent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownTime } from '../workshops/times.ts';
import { checkText, plainReason } from './words.ts';

interface Props {
  content: LabContent | null;
  load: () => Promise<AuditEntry[]>;
}

/** What staff did in a room, newest first. */
export function AuditList({ content, load }: Props) {
  const { t, i18n } = useTranslation();
  const [entries, setEntries] = useState<AuditEntry[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    load().then(setEntries, setError);
  }, [load]);
  const time = (iso: string) => shownTime(iso, i18n.language, { second: '2-digit' });
  return (
    <>
      <ErrorText error={error} />
      {entries?.length === 0 && <p className="quiet-text">{t('room.auditEmpty')}</p>}
      <ol className="audit" data-testid="audit">
        {entries?.map((entry) => (
          <li key={entry.id}>
            <small>
              {time(entry.at)}
              {entry.lasts && ` – ${entry.endedAt ? time(entry.endedAt) : t('room.goesOn')}`}
            </small>{' '}
            <bdi>{entry.by}</bdi>: {t(`room.act.${entry.act}`, detailOf(entry, content, t))}
            {entry.seat !== null && (
              <>
                {' '}
                <small>
                  <bdi>{entry.seat || t('room.erased')}</bdi>
                </small>
              </>
            )}
            {entry.detail.text && (
              <blockquote>
                <bdi>{entry.detail.text}</bdi>
              </blockquote>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function detailOf(
  { detail }: AuditEntry,
  content: LabContent | null,
  t: ReturnType<typeof useTranslation>['t'],
) {
  const titles = (detail.steps ?? []).map(
    (id) => content?.steps.find((step) => step.id === id)?.title ?? id,
  );
  return {
    id: detail.terminal ?? '',
    minutes: detail.minutes ?? '',
    n: (detail.level ?? 0) + 1,
    check: detail.checkId && content ? checkText(content, detail.checkId) : (detail.checkId ?? ''),
    reason: detail.reason ? plainReason(t, { key: detail.reason, params: {} }) : '',
    steps: titles.length > 0 ? titles.join(', ') : t('room.noStep'),
  };
}
