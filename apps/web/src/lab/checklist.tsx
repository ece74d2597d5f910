import type { Attempt, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { useNarrow } from './use-narrow.ts';

/** What the kernel says about each item of the step. */
export function Checklist({ step, attempt }: { step: StepContent; attempt: Attempt }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  if (step.checklist.length === 0) return null;
  const done = step.checklist.filter(({ checkId }) =>
    attempt.passed.some((one) => one.checkId === checkId),
  ).length;
  return (
    <details className="checklist" open={!narrow}>
      <summary>
        <h2>{t('checklist')}</h2>
        <span>{`${done}/${step.checklist.length}`}</span>
      </summary>
      <ul aria-live="polite">
        {step.checklist.map((item) => (
          <Item key={item.checkId} item={item} attempt={attempt} />
        ))}
      </ul>
    </details>
  );
}

function Item({ item, attempt }: { item: StepContent['checklist'][number]; attempt: Attempt }) {
  const { t } = useTranslation();
  const { checkId, text, hint } = item;
  const evidence = attempt.passed.find((one) => one.checkId === checkId)?.evidence;
  const verdict = attempt.verdicts.find((one) => one.checkId === checkId)?.verdict;
  const status = evidence ? 'passed' : (verdict?.status ?? 'pending');
  return (
    <li data-testid={`check-${checkId}`} data-status={status}>
      <Mark status={status} />
      <div>
        <p>{text}</p>
        {evidence ? (
          <Proof evidence={evidence} />
        ) : (
          <>
            <p className="status">
              {t(attempt.machine ? `status.${status}` : 'status.no-machine')}
            </p>
            {verdict && verdict.status !== 'passed' && (
              <p className="reason" data-testid={`check-reason-${checkId}`}>
                {t(verdict.reason.key, verdict.reason.params)}
              </p>
            )}
            {hint && (
              <details className="hint">
                <summary>{t('hint')}</summary>
                <p>{hint}</p>
              </details>
            )}
          </>
        )}
      </div>
    </li>
  );
}

function Mark({ status }: { status: string }) {
  return (
    <svg className="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <rect x="1.5" y="1.5" width="17" height="17" rx="3" />
      {status === 'passed' && <path d="M5 10.5l3.4 3.4L15 7" />}
      {status === 'failed' && <path d="M6 6l8 8M14 6l-8 8" />}
    </svg>
  );
}

function Proof({ evidence }: { evidence: Attempt['passed'][number]['evidence'] }) {
  const { t, i18n } = useTranslation();
  const at = new Date(evidence.at);
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleString(i18n.language, {
    ...(today ? {} : { month: 'numeric', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <details className="proof">
      <summary>
        <time dateTime={evidence.at}>{t('provenAt', { time })}</time> · {t('evidence')}
      </summary>
      <dl>
        {evidence.facts.map(({ name, value }) => (
          <div key={`${name} ${value}`}>
            <dt>{t(`fact.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
