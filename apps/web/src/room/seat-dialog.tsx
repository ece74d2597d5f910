import type { BoardSeat, LabContent } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { CellMark } from './board-grid.tsx';
import { cellOf } from './board-model.ts';
import type { Push } from './board-reasons.tsx';
import { roomApi } from './room-api.ts';
import { useTelling } from './use-telling.ts';
import { WatchedTerminal } from './watched-terminal.tsx';
import { checkText, hintsOf, lasting, reasonWords } from './words.ts';

interface Props {
  workshopId: string;
  content: LabContent;
  seat: BoardSeat;
  me: string;
  now: number;
  /** What went wrong with the last act, or that it was done: the page behind a dialog is dimmed. */
  error: unknown;
  note: string;
  act: (what: () => Promise<unknown>) => Promise<boolean>;
  onPush: (push: Push, to: string[]) => void;
  onClose: () => void;
}

/** One learner: how they stand, what can be told to them, and their terminals. */
export function SeatDialog(props: Props) {
  const { workshopId, content, seat, me, now, error, note, act, onPush, onClose } = props;
  const { t, i18n } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { trouble } = seat;
  const reason = trouble?.reason.key ?? '';
  const name = [seat.name, seat.number].filter(Boolean).join(' · ');
  return (
    <dialog ref={dialog} className="seat-dialog" aria-label={name} onClose={onClose}>
      <header className="row">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          {t('close')}
        </button>
      </header>
      <ol className="cells">
        {content.checklist.map((item, index) => (
          <li key={item.id}>
            <CellMark cell={cellOf(item, seat)} name={`${index + 1}. ${item.text}`} />{' '}
            <span lang={content.lang}>{item.text}</span>
          </li>
        ))}
      </ol>
      {trouble && (
        <section className="callout">
          <p lang={content.lang}>{checkText(content, trouble.checkId)}</p>
          <p>
            {reasonWords(t, trouble.reason)} <small>{lasting(t, now - trouble.since)}</small>
          </p>
          <div className="row">
            {i18n.exists(`explain.${reason}`) && (
              <button
                type="button"
                className="quiet"
                title={t(`explain.${reason}`)}
                onClick={() =>
                  onPush({ kind: 'explanation', checkId: trouble.checkId, reason }, [seat.id])
                }
              >
                {t('room.pushExplanation')}
              </button>
            )}
            {hintsOf(content, trouble.checkId).map((hint, level) => (
              <button
                key={hint}
                type="button"
                className="quiet"
                title={hint}
                onClick={() => onPush({ kind: 'hint', checkId: trouble.checkId, level }, [seat.id])}
              >
                {t('room.pushHint', { n: level + 1 })}
              </button>
            ))}
          </div>
        </section>
      )}
      <TellOne
        onTell={(text) =>
          act(() => roomApi.tell(workshopId, { kind: 'broadcast', to: [seat.id], text }))
        }
      />
      <ErrorText error={error} />
      <p role="status" className="quiet-text">
        {note}
      </p>
      <Terminals {...{ workshopId, seat, me, act }} />
    </dialog>
  );
}

function TellOne({ onTell }: { onTell: (text: string) => Promise<boolean> }) {
  const { t } = useTranslation();
  const { text, setText, isReady, tell } = useTelling(onTell);
  return (
    <form className="row" onSubmit={tell}>
      <input
        type="text"
        className="wide"
        maxLength={2000}
        aria-label={t('room.tellOne')}
        placeholder={t('room.tellOne')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={!isReady}>
        {t('room.send')}
      </button>
    </form>
  );
}

/** Their terminals: watched with their knowledge, typed in with their consent. */
function Terminals({
  workshopId,
  seat,
  me,
  act,
}: Pick<Props, 'workshopId' | 'seat' | 'me' | 'act'>) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<string | null>(null);
  const mine = seat.typing?.by === me ? seat.typing : null;
  const types = mine?.state === 'agreed' && mine.terminal === shown;
  const end = () => void act(() => roomApi.endTyping(workshopId, seat.id));
  const path = `/api/workshops/${workshopId}/seats/${seat.id}/terminals/${shown}/stream`;
  return (
    <section>
      <div className="row">
        {seat.terminals.length === 0 && <p className="quiet-text">{t('room.noTerminal')}</p>}
        {seat.terminals.map((id) => (
          <button
            key={id}
            type="button"
            className="tab"
            aria-pressed={id === shown}
            data-testid={`watch-${id}`}
            onClick={() => {
              if (mine) end();
              setShown(id === shown ? null : id);
            }}
          >
            {t('room.watch', { id })}
          </button>
        ))}
      </div>
      {shown && (
        <>
          <p className="quiet-text">{t('room.watchNote')}</p>
          <WatchedTerminal
            key={`${path} ${types}`}
            {...{ path, types }}
            label={t('room.watchedLabel', { name: seat.name ?? '', id: shown })}
          />
          <div className="row">
            {mine ? (
              <>
                <span role="status">{t(types ? 'room.typingNow' : 'room.typingAsked')}</span>
                <button type="button" data-testid="end-typing" onClick={end}>
                  {t('room.typingEnd')}
                </button>
              </>
            ) : (
              <button
                type="button"
                className="quiet"
                data-testid="ask-typing"
                onClick={() => void act(() => roomApi.askToType(workshopId, seat.id, shown))}
              >
                {t('room.askTyping')}
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
