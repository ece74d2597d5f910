import { type JoinInfo, maxNameLength } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { go } from '../navigation.ts';
import { AskToRejoin } from './ask-to-rejoin.tsx';
import { NumberField } from './number-field.tsx';
import { keptOwnCode } from './seat-store.ts';
import { workshopsApi } from './workshops-api.ts';

const isTaken = (error: unknown): boolean =>
  error instanceof ApiError && /^workshop\.(name|number)-taken$/.test(error.code);

/** A name, and a number if the workshop asks for one; somebody who has them already has three ways on. */
export function JoinByName({ code, info }: { code: string; info: JoinInfo }) {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const asksNumber = info.joining === 'name-number';
  const mayNot = !name.trim() || (asksNumber && !number.trim());
  const { sending, error, send } = useSending(mayNot);
  const given = { name, number: asksNumber ? number : null };
  const join = async () => {
    const language = i18n.language as JoinInfo['language'];
    await workshopsApi.join(code, { by: 'name', ...given, language });
    go('/seat', { replace: true });
  };
  const own = keptOwnCode();
  return (
    <form
      className="staff-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(join);
      }}
    >
      {info.isFull && <p className="banner">{t('error.workshop.full')}</p>}
      <label>
        {t('workshops.name')}
        <input
          name="name"
          autoComplete="name"
          required
          maxLength={maxNameLength}
          value={name}
          onChange={(e) => setName(e.target.value)}
        />
        <small>{t('workshops.nameRule')}</small>
      </label>
      {asksNumber && <NumberField value={number} onChange={setNumber} />}
      <ErrorText error={error} />
      {isTaken(error) && (
        <AskToRejoin
          {...{ code, given }}
          text={t(asksNumber ? 'workshops.takenNumber' : 'workshops.takenName')}
        />
      )}
      <button type="submit" disabled={sending || mayNot}>
        {t('workshops.join')}
      </button>
      {own && <p className="staff-note">{t('workshops.ownCode', { code: own })}</p>}
    </form>
  );
}
