import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { shownDate } from './shown-date.ts';
import { staffApi } from './staff-api.ts';
import { useList } from './use-list.ts';

/** Where one is signed in, each to be ended. */
export function OwnSessions() {
  const { t, i18n } = useTranslation();
  const { items, error, busy, act } = useList(staffApi.sessions);
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{t('staff.sessions')}</h2>
      <ErrorText error={error} />
      <ul className="staff-list">
        {items?.map(({ id, browser, signedInAt, usedAt, current }) => (
          <li key={id}>
            <span className="staff-item">
              {browser || t('staff.unknownBrowser')}
              {current && <span className="badge">{t('staff.thisBrowser')}</span>}
              <small>
                {t('staff.usedAt', {
                  signedIn: shownDate(signedInAt, i18n.language),
                  used: shownDate(usedAt, i18n.language),
                })}
              </small>
            </span>
            {!current && (
              <button
                type="button"
                className="quiet"
                disabled={busy}
                onClick={() => void act(() => staffApi.endSession(id))}
              >
                {t('staff.end')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
