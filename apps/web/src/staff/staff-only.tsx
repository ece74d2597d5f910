import { type Account, includesRole, type Role } from '@tatami/protocol';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { SignIn } from './sign-in.tsx';
import { StaffBar } from './staff-bar.tsx';
import { useAccount } from './use-account.ts';

interface Props {
  /** The least role that may see it; the server decides about what is in it. */
  role?: Role;
  children: (account: Account) => ReactNode;
}

/** A page for the staff: whoever is not signed in does so first, at the same address. */
export function StaffOnly({ role = 'assistant', children }: Props) {
  const { t } = useTranslation();
  const { account, error } = useAccount();
  if (account === null) return <SignIn />;
  if (account === undefined)
    return <main className="page">{error ? <ErrorText error={error} /> : t('loading')}</main>;
  return (
    <>
      <StaffBar account={account} />
      {includesRole(account.role, role) ? (
        children(account)
      ) : (
        <main className="page">
          <p role="alert" className="banner">
            {t('error.account.forbidden')}
          </p>
        </main>
      )}
    </>
  );
}
