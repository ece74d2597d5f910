import type { Answer, Attempt, Cause } from '@tatami/protocol';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { LearnerText } from './learner-text.tsx';

/** As much as the server takes (packages/protocol Answer). */
const mostCharacters = 100;
const shownCharacters = 40;

/** Where a learner names the cause of a fault and the value that proves it. */
export function AnswerForm({
  causes,
  given,
  blocked,
  onAnswer,
  children,
}: {
  causes: Cause[];
  given: Attempt['answers'][number] | undefined;
  /** Why nothing can be sent now. */
  blocked: 'no-machine' | 'lost' | null;
  /** Resolves when it is kept; the standing and the verdict come as events. */
  onAnswer: (answer: Answer) => Promise<unknown>;
  /** What is said to the answer that stands. */
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [cause, setCause] = useState<Cause | ''>(given?.answer.cause ?? '');
  const [value, setValue] = useState(given?.answer.value ?? '');
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const underWay = useRef(false);
  const outcome = useRef<HTMLDivElement>(null);
  const sent = useRef(false);
  useEffect(() => {
    // The checklist is low: what comes of an answer must not appear below its edge.
    if (sent.current && !sending) outcome.current?.scrollIntoView({ block: 'nearest' });
    sent.current = sending;
  }, [sending]);
  const send = async () => {
    // Not the state: a second click may come before the next drawing.
    if (underWay.current || blocked || cause === '' || !value.trim()) return;
    underWay.current = true;
    setSending(true);
    setError(null);
    await onAnswer({ cause, value: value.trim() }).catch(setError);
    underWay.current = false;
    setSending(false);
  };
  return (
    <form
      className="answer"
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="answer-fields">
        <label htmlFor={`${id}cause`}>{t('answer.cause')}</label>
        <select
          id={`${id}cause`}
          value={cause}
          onChange={(event) => setCause(causes.find((one) => one === event.target.value) ?? '')}
        >
          <option value="">{t('answer.choose')}</option>
          {causes.map((one) => (
            <option key={one} value={one}>
              {t(`cause.${one}`)}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}value`}>{t('answer.value')}</label>
        <input
          id={`${id}value`}
          aria-describedby={`${id}which`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={mostCharacters}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <p id={`${id}which`} className="answer-which">
          {cause ? t(`causeValue.${cause}`) : t('answer.causeFirst')}
        </p>
      </div>
      <div className="row">
        <button type="submit" disabled={blocked !== null || !cause || !value.trim()}>
          {t(sending ? 'answer.sending' : 'answer.send')}
        </button>
        {blocked && <small>{t(`answer.${blocked}`)}</small>}
      </div>
      <div ref={outcome}>
        <ErrorText error={error} />
        {given && (
          <p className="answer-given" data-testid="answer-given">
            {t('answer.given', { cause: t(`cause.${given.answer.cause}`) })}{' '}
            <code>
              <LearnerText text={given.answer.value} most={shownCharacters} />
            </code>{' '}
            <small>{t('answer.tries', { n: given.tries })}</small>
          </p>
        )}
        {children}
      </div>
    </form>
  );
}
