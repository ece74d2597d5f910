import { includesRole } from '@tatami/protocol';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from '../staff/shown-date.ts';
import { StaffOnly } from '../staff/staff-only.tsx';
import { useList } from '../staff/use-list.ts';
import { workshopsApi } from './workshops-api.ts';

/** The workshops that a member of the staff belongs to. */
export default function ListPage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('workshops.title')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly>
      {({ role }) => (
        <main className="page">
          <div className="row workshop-head">
            <h1>{t('workshops.title')}</h1>
            {includesRole(role, 'instructor') && (
              <a className="button" href="/workshops/new">
                {t('workshops.new')}
              </a>
            )}
          </div>
          <List />
        </main>
      )}
    </StaffOnly>
  );
}

function List() {
  const { t, i18n } = useTranslation();
  const { items, error } = useList(workshopsApi.all);
  return (
    <>
      <ErrorText error={error} />
      {items?.length === 0 && <p>{t('workshops.none')}</p>}
      <ul className="staff-list workshop-list">
        {items?.map(({ id, title, state, opensAt, closesAt, seats }) => (
          <li key={id}>
            <span className="staff-item">
              <a href={`/workshops/${id}`}>{title}</a>
              <span className="badge" data-state={state}>
                {t(`workshops.state.${state}`)}
              </span>
              <small>
                {t('workshops.window', {
                  from: shownDate(opensAt, i18n.language),
                  to: shownDate(closesAt, i18n.language),
                })}
                {' · '}
                {t('workshops.seatCount', { n: seats })}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
