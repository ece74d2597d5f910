import { type Account, includesRole, type Role } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { usePath } from '../navigation.ts';
import { staffApi } from './staff-api.ts';
import { isSignedOut, setAccount } from './use-account.ts';

/** The pages of the staff, by address; the text is that of the key, the role the least that may see it. */
const links: readonly (readonly [path: string, key: string, role: Role])[] = [
  ['/workshops', 'workshops.title', 'assistant'],
  ['/staff', 'staff.title', 'assistant'],
  ['/staff/lti', 'lti.title', 'admin'],
];

/** The page that an address belongs to: the one that says most of it. */
const currentOf = (path: string): string | undefined =>
  links
    .map(([to]) => to)
    .filter((to) => path === to || path.startsWith(`${to}/`))
    .sort((one, other) => other.length - one.length)[0];

/** Who is signed in, their pages, and the way out. */
export function StaffBar({ account }: { account: Account }) {
  const { t } = useTranslation();
  const path = usePath();
  const current = currentOf(path);
  const [error, setError] = useState<unknown>(null);
  const signOut = () =>
    staffApi.signOut().then(
      () => setAccount(null),
      // Else the session goes on: whoever leaves this computer must know.
      (cause: unknown) => !isSignedOut(cause) && setError(cause),
    );
  return (
    <nav className="staff-bar" aria-label={t('staff.nav')}>
      {links
        .filter(([, , role]) => includesRole(account.role, role))
        .map(([to, key]) => (
          <a key={to} href={to} aria-current={to === current ? 'page' : undefined}>
            {t(key)}
          </a>
        ))}
      <span className="staff-who">
        {account.name} <small>{t(`role.${account.role}`)}</small>
      </span>
      <button type="button" className="quiet" onClick={() => void signOut()}>
        {t('staff.signOut')}
      </button>
      <ErrorText error={error} />
    </nav>
  );
}
