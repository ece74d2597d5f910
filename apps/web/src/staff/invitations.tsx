import { type Account, invitableRoles, type MadeInvitation, Role } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { LinkOnce } from './link-once.tsx';
import { shownDate } from './shown-date.ts';
import { staffApi } from './staff-api.ts';
import { useList } from './use-list.ts';

/** Makes links for new colleagues, and takes back those that nobody has used. */
export function Invitations({ own }: { own: Account }) {
  const { t, i18n } = useTranslation();
  const { items, error, busy, act } = useList(staffApi.invitations);
  const roles = invitableRoles(own.role);
  const [role, setRole] = useState<Role>(roles.includes('instructor') ? 'instructor' : 'assistant');
  const [made, setMade] = useState<MadeInvitation | null>(null);
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">{t('staff.invitations')}</h2>
      <p>{t('staff.invitationsText')}</p>
      <div className="row">
        <select
          aria-label={t('staff.role')}
          value={role}
          onChange={(e) => setRole(Role.parse(e.target.value))}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {t(`role.${one}`)}
            </option>
          ))}
        </select>
        <button
          type="button"
          disabled={busy}
          onClick={() => void act(() => staffApi.invite(role).then(setMade))}
        >
          {t('staff.invite')}
        </button>
      </div>
      <p className="staff-note">{t(`roleText.${role}`)}</p>
      <ErrorText error={error} />
      {made && <LinkOnce made={made} onClose={() => setMade(null)} />}
      <ul className="staff-list">
        {items?.map(({ id, role: given, name, madeBy, expiresAt }) => (
          <li key={id}>
            <span className="staff-item">
              {name === null
                ? t('staff.linkFor', { role: t(`role.${given}`) })
                : t('staff.linkForPassword', { name })}
              <small>
                {t('staff.madeBy', { name: madeBy, date: shownDate(expiresAt, i18n.language) })}
              </small>
            </span>
            <button
              type="button"
              className="quiet"
              disabled={busy}
              onClick={() =>
                void act(async () => {
                  await staffApi.withdraw(id);
                  if (made?.invitation.id === id) setMade(null);
                })
              }
            >
              {t('staff.withdraw')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
