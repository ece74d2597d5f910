import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { staffApi } from '../staff/staff-api.ts';
import { useList } from '../staff/use-list.ts';
import { workshopsApi } from './workshops-api.ts';

/** Who else runs this workshop. */
export function Helpers({ id }: { id: string }) {
  const { t } = useTranslation();
  const load = useCallback(() => workshopsApi.staff(id), [id]);
  const { items: staff, error, busy, act } = useList(load);
  const { items: accounts } = useList(staffApi.accounts);
  const [chosen, setChosen] = useState('');
  const others = accounts?.filter(
    (one) => !one.disabled && !staff?.some((member) => member.id === one.id),
  );
  return (
    <section aria-labelledby="helpers">
      <h2 id="helpers">{t('workshops.staff')}</h2>
      <ErrorText error={error} />
      <ul className="staff-list">
        {staff?.map((member) => (
          <li key={member.id}>
            <span className="staff-item">
              {member.name} <small>{t(`role.${member.role}`)}</small>
            </span>
            <button
              type="button"
              className="quiet"
              disabled={busy || staff.length < 2}
              onClick={() => void act(() => workshopsApi.removeStaff(id, member.id))}
            >
              {t('workshops.remove')}
            </button>
          </li>
        ))}
      </ul>
      {others && others.length > 0 && (
        <div className="row">
          <select
            aria-label={t('workshops.addStaff')}
            value={chosen}
            onChange={(e) => setChosen(e.target.value)}
          >
            <option value="">{t('workshops.choose')}</option>
            {others.map(({ id: account, name, role }) => (
              <option key={account} value={account}>
                {name} ({t(`role.${role}`)})
              </option>
            ))}
          </select>
          <button
            type="button"
            disabled={busy || !chosen}
            onClick={() => void act(() => workshopsApi.addStaff(id, chosen))}
          >
            {t('workshops.addStaff')}
          </button>
        </div>
      )}
    </section>
  );
}
