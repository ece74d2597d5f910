import type { InvitationOffer } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { go, useHash } from '../navigation.ts';
import { PasswordField } from './password-field.tsx';
import { staffApi } from './staff-api.ts';
import { setAccount } from './use-account.ts';

/** Where a set-up link, an invitation or a link for a new password leads. */
export default function JoinPage() {
  const { t } = useTranslation();
  const token = useHash();
  const [offer, setOffer] = useState<InvitationOffer | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `${t('staff.title')} · Tatami`;
  }, [t]);
  useEffect(() => {
    setOffer(null);
    setError(null);
    staffApi.offer(token).then(setOffer, setError);
  }, [token]);
  return (
    <main className="page staff-narrow">
      {offer && (
        <>
          <h1>{t(`staff.join.${offer.kind}`, { name: offer.name })}</h1>
          <p className="lead">
            {t(`staff.joinText.${offer.kind}`, { role: t(`role.${offer.role}`) })}
          </p>
          <AcceptForm token={token} offer={offer} />
        </>
      )}
      <ErrorText error={error} />
      {!offer && !error && t('loading')}
    </main>
  );
}

function AcceptForm({ token, offer }: { token: string; offer: InvitationOffer }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const accept = async () => {
    setBusy(true);
    try {
      const named = offer.name === null ? { name } : {};
      setAccount(await staffApi.accept({ token, password, ...named }));
      // The link is used up and need not stay in the history.
      go('/staff', { replace: true });
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <form
      className="staff-form"
      onSubmit={(event) => {
        event.preventDefault();
        void accept();
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
          readOnly={offer.name !== null}
          aria-describedby={offer.name === null ? 'name-rule' : undefined}
          value={offer.name ?? name}
          onChange={(e) => setName(e.target.value)}
        />
        {offer.name === null && <small id="name-rule">{t('staff.nameRule')}</small>}
      </label>
      <PasswordField
        label={t('staff.newPassword')}
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
      <ErrorText error={error} />
      <button type="submit" disabled={busy}>
        {t(offer.kind === 'password' ? 'staff.setPassword' : 'staff.makeAccount')}
      </button>
    </form>
  );
}
