import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { go } from '../navigation.ts';
import { NumberField } from './number-field.tsx';
import { workshopsApi } from './workshops-api.ts';

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
      <button type="submit" disabled={sending || mayNot}>
        {t('workshops.join')}
      </button>
    </form>
  );
}
