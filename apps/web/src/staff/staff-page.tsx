import { includesRole } from '@tatami/protocol';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Invitations } from './invitations.tsx';
import { OwnSessions } from './own-sessions.tsx';
import { PasswordForm } from './password-form.tsx';
import { People } from './people.tsx';
import { StaffOnly } from './staff-only.tsx';

/** One's own account, and who else is of the staff. */
export default function StaffPage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('staff.title')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly>
      {(account) => (
        <main className="page staff-sections">
          <h1>{t('staff.title')}</h1>
          {includesRole(account.role, 'instructor') && (
            <>
              <People own={account} />
              <Invitations own={account} />
            </>
          )}
          <OwnSessions />
          <PasswordForm />
        </main>
      )}
    </StaffOnly>
  );
}
