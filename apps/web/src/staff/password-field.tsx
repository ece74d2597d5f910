import { minPasswordLength } from '@tatami/protocol';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  label: string;
  autoComplete: 'current-password' | 'new-password';
  value: string;
  onChange: (value: string) => void;
}

/** A password that may be looked at; a new one says what is asked of it. */
export function PasswordField({ label, autoComplete, value, onChange }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const id = useId();
  const isNew = autoComplete === 'new-password';
  return (
    <div className="staff-field">
      <label htmlFor={id}>{label}</label>
      <div className="row">
        <input
          id={id}
          type={shown ? 'text' : 'password'}
          name={autoComplete}
          autoComplete={autoComplete}
          required
          minLength={isNew ? minPasswordLength : undefined}
          maxLength={200}
          aria-describedby={isNew ? `${id}-rule` : undefined}
          value={value}
          onChange={(e) => onChange(e.target.value)}
        />
        <button
          type="button"
          className="quiet"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {t('staff.showPassword')}
        </button>
      </div>
      {isNew && (
        <small id={`${id}-rule`}>{t('staff.passwordRule', { n: minPasswordLength })}</small>
      )}
    </div>
  );
}
