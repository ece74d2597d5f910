import { Joining, type LabCard, Language, maxSeats, type WorkshopPlan } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { languageNames } from './plan.ts';
import { fromLocalField, toLocalField } from './times.ts';

interface Props {
  plan: WorkshopPlan;
  labs: LabCard[];
  /** Of the button. */
  action: string;
  save: (plan: WorkshopPlan) => Promise<unknown>;
}

/** All that an instructor decides about a workshop. */
export function PlanForm({ plan: given, labs, action, save }: Props) {
  const { t } = useTranslation();
  const [plan, setPlan] = useState(given);
  const { sending, error, send } = useSending(false);
  const change = (part: Partial<WorkshopPlan>) => setPlan((old) => ({ ...old, ...part }));
  return (
    <form
      className="staff-form plan-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(() => save(plan));
      }}
    >
      <label>
        {t('workshops.planTitle')}
        <input
          required
          maxLength={120}
          value={plan.title}
          onChange={(e) => change({ title: e.target.value })}
        />
      </label>
      <label>
        {t('workshops.lab')}
        <select value={plan.labId} onChange={(e) => change({ labId: e.target.value })}>
          {labs.map(({ id, title, lang }) => (
            <option key={id} value={id} lang={lang}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('language')}
        <select
          value={plan.language}
          onChange={(e) => change({ language: Language.parse(e.target.value) })}
        >
          {Language.options.map((one) => (
            <option key={one} value={one} lang={one}>
              {languageNames[one]}
            </option>
          ))}
        </select>
      </label>
      <NumberField
        label={t('workshops.seats')}
        most={maxSeats}
        value={plan.seats}
        onChange={(seats) => change({ seats })}
      />
      <TimeField
        label={t('workshops.opensAt')}
        value={plan.opensAt}
        onChange={(opensAt) => change({ opensAt })}
      />
      <TimeField
        label={t('workshops.closesAt')}
        value={plan.closesAt}
        onChange={(closesAt) => change({ closesAt })}
      />
      <fieldset>
        <legend>{t('workshops.joining')}</legend>
        {Joining.options.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="joining"
              checked={plan.joining === one}
              onChange={() => change({ joining: one })}
            />
            {t(`workshops.joining.${one}`)}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{t('workshops.allowed')}</legend>
        {(['hints', 'solve', 'skip'] as const).map((one) => (
          <label key={one}>
            <input
              type="checkbox"
              checked={plan.allowed[one]}
              onChange={(e) => change({ allowed: { ...plan.allowed, [one]: e.target.checked } })}
            />
            {t(`workshops.allowed.${one}`)}
          </label>
        ))}
      </fieldset>
      <NumberField
        label={t('workshops.recordingsDays')}
        most={30}
        value={plan.recordingsDays}
        onChange={(recordingsDays) => change({ recordingsDays })}
      />
      <NumberField
        label={t('workshops.marksDays')}
        most={3650}
        value={plan.marksDays}
        onChange={(marksDays) => change({ marksDays })}
      />
      <ErrorText error={error} />
      <button type="submit" disabled={sending}>
        {action}
      </button>
    </form>
  );
}

interface FieldProps<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
}

function NumberField({ label, most, value, onChange }: FieldProps<number> & { most: number }) {
  return (
    <label>
      {label}
      <input
        type="number"
        required
        min={1}
        max={most}
        value={Number.isNaN(value) ? '' : value}
        onChange={(e) => onChange(e.target.valueAsNumber)}
      />
    </label>
  );
}

function TimeField({ label, value, onChange }: FieldProps<string>) {
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        required
        value={toLocalField(value)}
        onChange={(e) => {
          const at = fromLocalField(e.target.value);
          if (at) onChange(at);
        }}
      />
    </label>
  );
}
