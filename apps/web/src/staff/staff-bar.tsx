import type { Account } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { usePath } from '../navigation.ts';
import { staffApi } from './staff-api.ts';
import { setAccount } from './use-account.ts';

/** The pages of the staff, by address; the text is that of the key. */
const links: readonly (readonly [path: string, key: string])[] = [
  ['/workshops', 'workshops.title'],
  ['/staff', 'staff.title'],
];

/** Who is signed in, their pages, and the way out. */
export function StaffBar({ account }: { account: Account }) {
  const { t } = useTranslation();
  const path = usePath();
  const signOut = () =>
    staffApi.signOut().then(
      () => setAccount(null),
      // It has ended already, or the server is away: the next request tells.
      () => setAccount(null),
    );
  return (
    <nav className="staff-bar" aria-label={t('staff.nav')}>
      {links.map(([to, key]) => (
        <a
          key={to}
          href={to}
          aria-current={path === to || path.startsWith(`${to}/`) ? 'page' : undefined}
        >
          {t(key)}
        </a>
      ))}
      <span className="staff-who">
        {account.name} <small>{t(`role.${account.role}`)}</small>
      </span>
      <button type="button" className="quiet" onClick={() => void signOut()}>
        {t('staff.signOut')}
      </button>
    </nav>
  );
}
