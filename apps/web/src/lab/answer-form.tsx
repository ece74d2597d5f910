import type { Answer, Attempt, Cause, StepContent } from '@tatami/protocol';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { LearnerText } from './learner-text.tsx';
import { useSending } from './use-sending.ts';

/** As much as the server takes (packages/protocol Answer). */
const mostCharacters = 100;
const shownCharacters = 40;

type Asks = NonNullable<StepContent['checklist'][number]['asks']>;

interface Props {
  asks: Asks;
  /** What a question about a value alone is about: the name of a container or process. */
  about: string;
  given: Attempt['answers'][number] | undefined;
  /** The solution's answer, for the learner to send. */
  filled: Answer | null;
  /** Why nothing can be sent now. */
  blocked: 'no-machine' | 'lost' | null;
  /** Resolves when it is kept; the standing and the verdict come as events. */
  onAnswer: (answer: Answer) => Promise<unknown>;
  /** What is said to the answer that stands. */
  children?: ReactNode;
}

/** Where a learner types what the kernel shows: a fault's cause and the value that proves it, or a value. */
export function AnswerForm({ asks, about, given, filled, blocked, onAnswer, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [cause, setCause] = useState<Cause | ''>(given?.answer.cause ?? '');
  const [value, setValue] = useState(given?.answer.value ?? '');
  useEffect(() => {
    if (!filled) return;
    setCause(filled.cause ?? '');
    setValue(filled.value);
  }, [filled]);
  const causes = 'causes' in asks ? asks.causes : null;
  const complete = value.trim() !== '' && (causes === null || cause !== '');
  const { sending, error, send } = useSending(blocked !== null || !complete);
  const outcome = useRef<HTMLDivElement>(null);
  const sent = useRef(false);
  useEffect(() => {
    // The checklist is low: what comes of an answer must not appear below its edge.
    if (sent.current && !sending) outcome.current?.scrollIntoView({ block: 'nearest' });
    sent.current = sending;
  }, [sending]);
  return (
    <form
      className="answer"
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        void send(() => onAnswer({ ...(cause ? { cause } : {}), value: value.trim() }));
      }}
    >
      <div className="answer-fields" data-asks={causes ? 'cause' : 'fact'}>
        {causes && <CauseField {...{ id: `${id}cause`, causes, cause, onChoose: setCause }} />}
        <label htmlFor={`${id}value`}>
          {'fact' in asks ? t(`factValue.${asks.fact}`, { about }) : t('answer.value')}
        </label>
        <input
          id={`${id}value`}
          aria-describedby={causes ? `${id}which` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={mostCharacters}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        {causes && (
          <p id={`${id}which`} className="answer-which">
            {t(cause ? `causeValue.${cause}` : 'answer.causeFirst')}
          </p>
        )}
      </div>
      <div className="row">
        <button type="submit" disabled={blocked !== null || !complete}>
          {t(sending ? 'answer.sending' : 'answer.send')}
        </button>
        {blocked && <small>{t(`answer.${blocked}`)}</small>}
      </div>
      <div ref={outcome}>
        <ErrorText error={error} />
        {given && <Given {...given} />}
        {children}
      </div>
    </form>
  );
}

/** The answer that stands. */
function Given({ answer: { cause, value }, tries }: NonNullable<Props['given']>) {
  const { t } = useTranslation();
  return (
    <p className="answer-given" data-testid="answer-given">
      {cause ? t('answer.given', { cause: t(`cause.${cause}`) }) : t('answer.givenValue')}{' '}
      <code>
        <LearnerText text={value} most={shownCharacters} />
      </code>{' '}
      <small>{t('answer.tries', { n: tries })}</small>
    </p>
  );
}

function CauseField({
  id,
  causes,
  cause,
  onChoose,
}: {
  id: string;
  causes: Cause[];
  cause: Cause | '';
  onChoose: (cause: Cause | '') => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <label htmlFor={id}>{t('answer.cause')}</label>
      <select
        id={id}
        value={cause}
        onChange={(event) => onChoose(causes.find((one) => one === event.target.value) ?? '')}
      >
        <option value="">{t('answer.choose')}</option>
        {causes.map((one) => (
          <option key={one} value={one}>
            {t(`cause.${one}`)}
          </option>
        ))}
      </select>
    </>
  );
}
