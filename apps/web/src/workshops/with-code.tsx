import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { go } from '../navigation.ts';

/** For whoever has a seat already and comes with another machine. */
export function WithCode() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { sending, error, send } = useSending(!typed.trim());
  return (
    <details className="with-code">
      <summary>{t('workshops.haveSeat')}</summary>
      <form
        className="staff-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(() => api.resume(typed).then(({ seat }) => go(seat ? '/seat' : '/')));
        }}
      >
        <label>
          {t('workshops.personalCode')}
          <input
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={64}
            placeholder="XXXX-XXXX-XXXX-XXXX"
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
          />
        </label>
        <ErrorText error={error} />
        <button type="submit" disabled={sending || !typed.trim()}>
          {t('workshops.goOn')}
        </button>
      </form>
    </details>
  );
}
