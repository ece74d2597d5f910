import type { RejoinAnswer, RejoinRequest, RejoinTicket } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { useSending } from '../lab/use-sending.ts';
import { go } from '../navigation.ts';
import { workshopsApi } from './workshops-api.ts';

const pollMs = 2500;

const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && ['server.unreachable', 'request.rate'].includes(error.code);

/** Asks the staff to let somebody into their seat again, and waits for what they say. */
export function AskToRejoin(props: { code: string; given: RejoinRequest; text: string }) {
  const { t } = useTranslation();
  const { code, given, text } = props;
  const [ticket, setTicket] = useState<RejoinTicket | null>(null);
  const { sending, error, send } = useSending(false);
  return (
    <div className="rejoin" data-testid="rejoin">
      <p>{text}</p>
      <ErrorText error={error} />
      {ticket ? (
        <Waiting ticket={ticket} />
      ) : (
        <button
          type="button"
          className="quiet"
          disabled={sending}
          onClick={() => void send(() => workshopsApi.askToRejoin(code, given).then(setTicket))}
        >
          {t('workshops.askToRejoin')}
        </button>
      )}
    </div>
  );
}

function Waiting({ ticket }: { ticket: RejoinTicket }) {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<RejoinAnswer['answer']>('waiting');
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const ask = () =>
      workshopsApi.rejoin(ticket).then(
        (said) => {
          if (over) return;
          setAnswer(said.answer);
          if (said.answer === 'yes') go('/seat', { replace: true });
          else if (said.answer === 'waiting') timer = setTimeout(ask, pollMs);
        },
        (cause: unknown) => {
          if (over) return;
          if (isPassing(cause)) timer = setTimeout(ask, pollMs);
          else setError(cause);
        },
      );
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [ticket]);
  if (error) return <ErrorText error={error} />;
  return <p role="status">{t(`workshops.rejoin.${answer}`)}</p>;
}
