import type { Answer, Attempt, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { AnswerForm } from './answer-form.tsx';
import { Proof } from './proof.tsx';
import { ReasonText } from './reason-text.tsx';
import { useNarrow } from './use-narrow.ts';

interface ChecklistProps {
  step: StepContent;
  attempt: Attempt;
  /** Nobody can be told anything now. */
  lost: boolean;
  onAnswer: (checkId: string, answer: Answer) => Promise<unknown>;
}

/** What the kernel says about each item of the step, and where its questions are answered. */
export function Checklist({ step, attempt, lost, onAnswer }: ChecklistProps) {
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
          <Item key={item.checkId} {...{ item, attempt, lost, onAnswer }} />
        ))}
      </ul>
    </details>
  );
}

function Item({
  item,
  attempt,
  lost,
  onAnswer,
}: Omit<ChecklistProps, 'step'> & { item: StepContent['checklist'][number] }) {
  const { t } = useTranslation();
  const { checkId, text, hints, asks } = item;
  const causes = asks && 'causes' in asks ? asks.causes : null;
  const evidence = attempt.passed.find((one) => one.checkId === checkId)?.evidence;
  const verdict = attempt.verdicts.find((one) => one.checkId === checkId)?.verdict;
  const status = evidence ? 'passed' : (verdict?.status ?? 'pending');
  const reason = verdict && verdict.status !== 'passed' && (
    <ReasonText checkId={checkId} reason={verdict.reason} />
  );
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
            {causes ? (
              <AnswerForm
                causes={causes}
                given={attempt.answers.find((one) => one.checkId === checkId)}
                blocked={attempt.machine ? (lost ? 'lost' : null) : 'no-machine'}
                onAnswer={(answer) => onAnswer(checkId, answer)}
              >
                {reason}
              </AnswerForm>
            ) : (
              reason
            )}
            {hints.map((hint) => (
              <details className="hint" key={hint}>
                <summary>{t('hint')}</summary>
                <p>{hint}</p>
              </details>
            ))}
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
