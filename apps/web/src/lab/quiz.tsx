import type { Language, QuizContent, QuizState, StepContent } from '@tatami/protocol';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { useSending } from './use-sending.ts';

interface Props {
  content: QuizContent;
  /** Undefined while the step is not the open one. */
  state: QuizState | undefined;
  step: StepContent;
  /** Of the step's texts. */
  lang: Language;
  /** Nothing can be sent now. */
  blocked: boolean;
  onAnswer: (answers: Record<string, string>) => Promise<unknown>;
  onShow: (commandId: string) => void;
}

/** Questions that open after experiments; a wrong answer says which of them to run again. */
export function Quiz({ content, state, step, lang, blocked, onAnswer, onShow }: Props) {
  const { t } = useTranslation();
  if (!state) return null;
  if (state.waitsFor.length > 0)
    return (
      <div className="quiz">
        <p className="status">{t('quiz.waits')}</p>
        <ul lang={lang}>
          {step.checklist
            .filter(({ checkId }) => state.waitsFor.includes(checkId))
            .map(({ checkId, text }) => (
              <li key={checkId}>{text}</li>
            ))}
        </ul>
      </div>
    );
  return (
    <div className="quiz" data-testid="quiz">
      <Wrong {...{ content, state, step, lang, onShow }} />
      <Questions key={state.tries} {...{ content, state, lang, blocked, onAnswer }} />
    </div>
  );
}

const questionOf = ({ questions }: QuizContent, id: string) =>
  questions.find((one) => one.id === id);

/** What was wrong in the round before, each with the experiment that shows why. */
function Wrong({
  content,
  state,
  step,
  lang,
  onShow,
}: Pick<Props, 'content' | 'step' | 'lang' | 'onShow'> & { state: QuizState }) {
  const { t } = useTranslation();
  if (state.wrong.length === 0) return null;
  return (
    <div className="banner" role="status" data-testid="quiz-wrong">
      <p>{t('quiz.wrong', { n: state.wrong.length })}</p>
      <ul>
        {state.wrong.map(({ question, experiment }) => (
          <li key={question}>
            <span lang={lang}>{questionOf(content, question)?.question}</span>{' '}
            <button
              type="button"
              className="link"
              data-testid={`experiment-${experiment}`}
              onClick={() => onShow(experiment)}
            >
              {t('quiz.experiment')}{' '}
              <code>{step.commands.find(({ id }) => id === experiment)?.text}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** All questions of a round, sent at once. */
function Questions({
  content,
  state,
  lang,
  blocked,
  onAnswer,
}: Pick<Props, 'content' | 'lang' | 'blocked' | 'onAnswer'> & { state: QuizState }) {
  const { t } = useTranslation();
  const name = useId();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const complete = state.questions.every((id) => chosen[id] !== undefined);
  const { sending, error, send } = useSending(blocked || !complete);
  return (
    <form
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        void send(() => onAnswer(chosen));
      }}
    >
      {state.questions.map((id, index) => (
        <fieldset key={id} lang={lang} data-testid={`question-${id}`}>
          <legend>{`${index + 1}. ${questionOf(content, id)?.question ?? ''}`}</legend>
          {questionOf(content, id)?.options.map((option) => (
            <label key={option.id}>
              <input
                type="radio"
                name={`${name}${id}`}
                value={option.id}
                checked={chosen[id] === option.id}
                onChange={() => setChosen({ ...chosen, [id]: option.id })}
              />
              {option.text}
            </label>
          ))}
        </fieldset>
      ))}
      <p className="row">
        <button type="submit" disabled={blocked || !complete} data-testid="quiz-send">
          {t(sending ? 'answer.sending' : 'answer.send')}
        </button>
        {!complete && <small>{t('quiz.all')}</small>}
        {blocked && <small>{t('answer.lost')}</small>}
      </p>
      <ErrorText error={error} />
    </form>
  );
}
