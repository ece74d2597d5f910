import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { go } from '../navigation.ts';
import { AskToRejoin } from './ask-to-rejoin.tsx';
import { NumberField } from './number-field.tsx';
import { workshopsApi } from './workshops-api.ts';

/** The PIN does not let in whoever typed it, be it for somebody else's guesses. */
const isRefused = (error: unknown): boolean =>
  error instanceof ApiError &&
  ['workshop.pin-wrong', 'workshop.pin-locked', 'request.rate'].includes(error.code);

/** For those on the roster who type instead of opening their personal link. */
export function JoinByPin({ code }: { code: string }) {
  const { t, i18n } = useTranslation();
  const [number, setNumber] = useState('');
  const [pin, setPin] = useState('');
  const mayNot = !number.trim() || !pin.trim();
  const { sending, error, send } = useSending(mayNot);
  const join = async () => {
    const { seat } = await workshopsApi.join(code, { by: 'pin', number, pin });
    if (seat) void i18n.changeLanguage(seat.language);
    go('/seat', { replace: true });
  };
  return (
    <form
      className="staff-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(join);
      }}
    >
      <p>{t('workshops.pinText')}</p>
      <NumberField value={number} onChange={setNumber} />
      <label>
        PIN
        <input
          autoComplete="off"
          inputMode="numeric"
          required
          maxLength={20}
          value={pin}
          onChange={(e) => setPin(e.target.value)}
        />
      </label>
      <ErrorText error={error} />
      {isRefused(error) && (
        <AskToRejoin
          key={number}
          code={code}
          given={{ name: null, number }}
          text={t('workshops.pinRefused')}
        />
      )}
      <button type="submit" disabled={sending || mayNot}>
        {t('workshops.join')}
      </button>
    </form>
  );
}
