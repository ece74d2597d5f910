import type { StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { AnswerForm } from './answer-form.tsx';
import type { ItemContext } from './checklist.tsx';
import { Hints } from './hints.tsx';
import { Proof } from './proof.tsx';
import { Quiz } from './quiz.tsx';
import { ReasonText } from './reason-text.tsx';
import { Solve } from './solve.tsx';
import { filledAnswer } from './use-solution.ts';

interface Props {
  item: StepContent['checklist'][number];
  context: ItemContext;
}

/** One item: what is asked, how it stands, and what helps. */
export function CheckItem({ item, context }: Props) {
  const { t } = useTranslation();
  const { attempt, lang } = context;
  const { checkId } = item;
  const evidence = attempt.passed.find((one) => one.checkId === checkId)?.evidence;
  const verdict = attempt.verdicts.find((one) => one.checkId === checkId)?.verdict;
  const status = evidence ? 'passed' : (verdict?.status ?? 'pending');
  return (
    <li data-testid={`check-${checkId}`} data-status={status}>
      <Mark status={status} />
      <div>
        <p>
          <span lang={lang}>{item.text}</span>
          {attempt.assisted.includes(checkId) && (
            <small className="badge" data-testid="assisted">
              {t('assisted')}
            </small>
          )}
        </p>
        {evidence ? (
          <Proof
            evidence={evidence}
            lab={attempt.lab}
            quiz={item.quiz}
            onMap={item.quiz ? null : (at) => context.actions.showOnMap(null, at)}
          />
        ) : (
          <OpenItem {...{ item, context, status }} />
        )}
      </div>
    </li>
  );
}

function OpenItem({ item, context, status }: Props & { status: string }) {
  const { t } = useTranslation();
  const { attempt, lang, lost, solving, actions } = context;
  const { checkId, hints, solvable } = item;
  return (
    <>
      {!item.quiz && (
        <p className="status">{t(attempt.machine ? `status.${status}` : 'status.no-machine')}</p>
      )}
      <Question {...{ item, context }} />
      <div className="help">
        <Hints hints={hints} lang={lang} />
        {solvable && (
          <Solve
            run={solving?.checkId === checkId ? solving : null}
            blocked={lost || !attempt.machine || (solving !== null && solving.end === null)}
            onSolve={() => actions.solve(checkId)}
            onStop={actions.stopSolving}
            onGoOn={actions.goOnSolving}
          />
        )}
      </div>
    </>
  );
}

/** What is typed or chosen for an item, if anything is, and why it is not met. */
function Question({ item, context }: Props) {
  const { attempt, lang, lost, step, solving, actions } = context;
  const { checkId, asks, quiz } = item;
  const of = <T extends { checkId: string }>(list: T[]) =>
    list.find((one) => one.checkId === checkId);
  if (quiz)
    return (
      <Quiz
        content={quiz}
        state={of(attempt.quizzes)}
        {...{ step, lang, blocked: lost }}
        onAnswer={(answers) => actions.quiz(checkId, answers)}
        onShow={actions.showCommand}
      />
    );
  const verdict = of(attempt.verdicts)?.verdict;
  const reason = verdict && verdict.status !== 'passed' && (
    <ReasonText
      {...{ checkId, reason: verdict.reason }}
      onMap={(process) => actions.showOnMap(`process-${process}`, null)}
    />
  );
  if (!asks) return reason;
  return (
    <AnswerForm
      asks={asks}
      about={of(attempt.asked)?.about ?? ''}
      given={of(attempt.answers)}
      filled={filledAnswer(solving?.checkId === checkId ? solving : null)}
      blocked={attempt.machine ? (lost ? 'lost' : null) : 'no-machine'}
      onAnswer={(answer) => actions.answer(checkId, answer)}
    >
      {reason}
    </AnswerForm>
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
