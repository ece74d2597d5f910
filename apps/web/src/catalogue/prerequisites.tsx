import type { LabCard } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';

/** The labs that come before one, by title. */
export function Prerequisites({ ids, labs }: { ids: string[]; labs?: LabCard[] | null }) {
  const { t, i18n } = useTranslation();
  const [fetched, setFetched] = useState<LabCard[]>([]);
  const wanted = labs === undefined && ids.length > 0;
  useEffect(() => {
    // Without the titles the ids are said.
    if (wanted) api.labs(i18n.language).then(setFetched, () => undefined);
  }, [wanted, i18n.language]);
  if (ids.length === 0) return null;
  return (
    <p className="prerequisites">
      {t('prerequisites')}
      {ids.map((id, index) => {
        const card = (labs ?? fetched).find((one) => one.id === id);
        return (
          <span key={id}>
            {index > 0 && ' · '}
            <a href={`/labs/${id}`} lang={card?.lang}>
              {card?.title ?? id}
            </a>
          </span>
        );
      })}
    </p>
  );
}
