import type { Attempt, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';

/** What the kernel says about each item of the step. */
export function Checklist({ step, attempt }: { step: StepContent; attempt: Attempt }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-live="polite" className="checklist">
      <h2>{t('checklist')}</h2>
      <ul>
        {step.checklist.map((item) => {
          const evidence = attempt.passed.find((one) => one.checkId === item.checkId)?.evidence;
          const verdict = attempt.verdicts.find((one) => one.checkId === item.checkId)?.verdict;
          const status = evidence ? 'passed' : (verdict?.status ?? 'pending');
          const time =
            evidence &&
            new Date(evidence.at).toLocaleTimeString(i18n.language, {
              hour: '2-digit',
              minute: '2-digit',
            });
          return (
            <li key={item.checkId} data-testid={`check-${item.checkId}`} data-status={status}>
              <span>{item.text}</span>
              <small>{evidence ? t('provenAt', { time }) : t(`status.${status}`)}</small>
              {!evidence && verdict && verdict.status !== 'passed' && (
                <p data-testid={`check-reason-${item.checkId}`}>
                  {t(verdict.reason.key, verdict.reason.params)}
                </p>
              )}
              {evidence && (
                <details>
                  <summary>{t('whatYouDid')}</summary>
                  {evidence.facts.map((fact) => (
                    <code key={fact.name}>{`${fact.name} = ${fact.value}`}</code>
                  ))}
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
