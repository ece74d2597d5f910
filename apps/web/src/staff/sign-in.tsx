import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { PasswordField } from './password-field.tsx';
import { staffApi } from './staff-api.ts';
import { setAccount } from './use-account.ts';

/** Name and password; where it stands gives way to what was asked for once they are right. */
export function SignIn() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `${t('staff.signIn')} · Tatami`;
  }, [t]);
  const signIn = async () => {
    setBusy(true);
    try {
      setAccount(await staffApi.signIn({ name, password }));
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <main className="page staff-narrow">
      <h1>{t('staff.signIn')}</h1>
      <p className="lead">{t('staff.signInText')}</p>
      <form
        className="staff-form"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <label>
          {t('staff.name')}
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={64}
            value={name}
            onChange={(e) => setName(e.target.value)}
          />
        </label>
        <PasswordField
          label={t('staff.password')}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <ErrorText error={error} />
        <button type="submit" disabled={busy}>
          {t('staff.signIn')}
        </button>
      </form>
      <p className="staff-note">{t('staff.forgotten')}</p>
    </main>
  );
}
