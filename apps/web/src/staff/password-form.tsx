import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { PasswordField } from './password-field.tsx';
import { staffApi } from './staff-api.ts';
import { isSignedOut } from './use-account.ts';

/** A new password for oneself. */
export function PasswordForm() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState('');
  const [error, setError] = useState<unknown>(null);
  const change = async () => {
    setBusy(true);
    setNote('');
    setError(null);
    try {
      await staffApi.setPassword({ current, next });
      setCurrent('');
      setNext('');
      setNote(t('staff.passwordSet'));
    } catch (cause) {
      if (!isSignedOut(cause)) setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t('staff.changePassword')}</h2>
      <form
        className="staff-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <PasswordField
          label={t('staff.currentPassword')}
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
        <PasswordField
          label={t('staff.newPassword')}
          autoComplete="new-password"
          value={next}
          onChange={setNext}
        />
        <ErrorText error={error} />
        <button type="submit" disabled={busy}>
          {t('staff.changePassword')}
        </button>
        <p role="status">{note}</p>
      </form>
    </section>
  );
}
