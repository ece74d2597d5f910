import { type Account, type AccountEntry, type MadeInvitation, Role } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { LinkOnce } from './link-once.tsx';
import { staffApi } from './staff-api.ts';
import { useList } from './use-list.ts';

/** All accounts; an admin changes the others'. */
export function People({ own }: { own: Account }) {
  const { t } = useTranslation();
  const { items, error, busy, act } = useList(staffApi.accounts);
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const isChangeable = ({ id }: AccountEntry) => own.role === 'admin' && id !== own.id;
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('staff.people')}</h2>
      <ErrorText error={error} />
      {made && <LinkOnce made={made} onClose={() => setMade(null)} />}
      <ul className="staff-list">
        {items?.map((entry) => (
          <li key={entry.id} data-disabled={entry.disabled}>
            <span className="staff-item">
              <b>{entry.name}</b>
              {entry.id === own.id && <span className="badge">{t('staff.you')}</span>}
              {entry.disabled && <span className="badge">{t('staff.disabled')}</span>}
              {!isChangeable(entry) && <small>{t(`role.${entry.role}`)}</small>}
            </span>
            {isChangeable(entry) && (
              <Acts entry={entry} busy={busy} act={act} onLink={(link) => setMade(link)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ActsProps {
  entry: AccountEntry;
  busy: boolean;
  act: (what: () => Promise<unknown>) => Promise<void>;
  onLink: (made: MadeInvitation) => void;
}

function Acts({ entry: { id, name, role, disabled, sessions }, busy, act, onLink }: ActsProps) {
  const { t } = useTranslation();
  return (
    <span className="row">
      <select
        aria-label={t('staff.roleOf', { name })}
        value={role}
        disabled={busy || disabled}
        onChange={(e) => void act(() => staffApi.change(id, { role: Role.parse(e.target.value) }))}
      >
        {Role.options.map((one) => (
          <option key={one} value={one}>
            {t(`role.${one}`)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="quiet"
        disabled={busy || disabled}
        onClick={() => void act(() => staffApi.passwordLink(id).then(onLink))}
      >
        {t('staff.passwordLink')}
      </button>
      <button
        type="button"
        className="quiet"
        disabled={busy || sessions === 0}
        onClick={() => void act(() => staffApi.endSessions(id))}
      >
        {t('staff.endSessions', { n: sessions })}
      </button>
      <button
        type="button"
        className="quiet"
        disabled={busy}
        onClick={() => void act(() => staffApi.change(id, { disabled: !disabled }))}
      >
        {t(disabled ? 'staff.enable' : 'staff.disable')}
      </button>
    </span>
  );
}
