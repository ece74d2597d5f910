import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { staffApi } from '../staff/staff-api.ts';
import { isSignedOut } from '../staff/use-account.ts';
import type { Following } from './use-follow.ts';

/** In place of a board that is refused: whoever is signed in no more is asked to do so, others have no such workshop. */
export function BoardRefused() {
  const { t } = useTranslation();
  const [isSignedIn, setSignedIn] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    staffApi.account().then(
      () => setSignedIn(true),
      (cause: unknown) => !isSignedOut(cause) && setError(cause),
    );
  }, []);
  return (
    <main className="page">
      <ErrorText error={error} />
      {isSignedIn ? (
        <p role="alert" className="banner">
          {t('error.workshop.unknown')}
        </p>
      ) : (
        !error && <p role="status">{t('loading')}</p>
      )}
    </main>
  );
}

/** What a board shows may be old. */
export function BoardLost({ following }: { following: Following }) {
  const { t } = useTranslation();
  if (following !== 'lost') return null;
  return (
    <p role="alert" className="banner" data-testid="board-lost">
      {t('lost.server')}
    </p>
  );
}
