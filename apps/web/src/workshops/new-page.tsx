import type { Language } from '@tatami/protocol';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { go } from '../navigation.ts';
import { serverNow } from '../server-time.ts';
import { StaffOnly } from '../staff/staff-only.tsx';
import { usualPlan } from './plan.ts';
import { PlanForm } from './plan-form.tsx';
import { useReadyLabs } from './use-ready-labs.ts';
import { workshopsApi } from './workshops-api.ts';

const least = 'instructor';

/** A new workshop. */
export default function NewPage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('workshops.new')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly role={least}>
      {() => (
        <main className="page">
          <h1>{t('workshops.new')}</h1>
          <NewWorkshop />
        </main>
      )}
    </StaffOnly>
  );
}

function NewWorkshop() {
  const { t, i18n } = useTranslation();
  const { labs, error } = useReadyLabs();
  const [first] = labs ?? [];
  if (!labs) return error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>;
  if (!first) return <p>{t('workshops.noLab')}</p>;
  return (
    <PlanForm
      plan={usualPlan(first.id, i18n.language as Language, serverNow())}
      labs={labs}
      action={t('workshops.create')}
      save={async (plan) => go(`/workshops/${(await workshopsApi.create(plan)).id}`)}
    />
  );
}
