import { useTranslation } from 'react-i18next';

/** The number that tells people of one name apart: a student's, an employee's. */
export function NumberField(props: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <label>
      {t('workshops.number')}
      <input
        autoComplete="off"
        spellCheck={false}
        required
        maxLength={40}
        value={props.value}
        onChange={(e) => props.onChange(e.target.value)}
      />
    </label>
  );
}
