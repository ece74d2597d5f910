import type { LabContent, LearnerRoom, RoomMessage } from '@tatami/protocol';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/room.css';
import { ErrorText } from '../error-text.tsx';
import { keep, kept } from '../storage.ts';
import { AuditList } from './audit-list.tsx';
import { seatApi } from './room-api.ts';
import { TimeLeft } from './time-left.tsx';
import { checkText } from './words.ts';

interface Props {
  room: LearnerRoom;
  content: LabContent;
  isMirrorOpen: boolean;
  onMirror: () => void;
}

/** A learner's side of the room: the hand, the timer, what staff say, and who sees the terminals. */
export function RoomStrip({ room, content, isMirrorOpen, onMirror }: Props) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const act = (what: Promise<unknown>) =>
    void what.then(
      () => setError(null),
      (cause: unknown) => setError(cause),
    );
  return (
    <aside className="room-strip" aria-label={t('room.title')}>
      <div className="row">
        {room.timer && <TimeLeft timer={room.timer} />}
        <HandUp hand={room.hand} act={act} />
        {room.mirror && (
          <button
            type="button"
            className="quiet"
            aria-pressed={isMirrorOpen}
            data-testid="mirror-toggle"
            onClick={onMirror}
          >
            {t(isMirrorOpen ? 'room.mirrorLeave' : 'room.mirrorLook', { name: room.mirror.by })}
          </button>
        )}
        <OwnLog content={content} />
      </div>
      <ErrorText error={error} />
      <Watched room={room} act={act} />
      <Messages room={room} content={content} />
    </aside>
  );
}

function HandUp({
  hand,
  act,
}: {
  hand: LearnerRoom['hand'];
  act: (what: Promise<unknown>) => void;
}) {
  const { t } = useTranslation();
  const [about, setAbout] = useState('');
  const raise = (event: FormEvent) => {
    event.preventDefault();
    act(seatApi.raise(about.trim()).then(() => setAbout('')));
  };
  if (!hand)
    return (
      <form className="row hand-form" onSubmit={raise}>
        <input
          type="text"
          maxLength={200}
          aria-label={t('room.about')}
          placeholder={t('room.about')}
          value={about}
          onChange={(event) => setAbout(event.target.value)}
        />
        <button type="submit" data-testid="raise-hand">
          {t('room.raise')}
        </button>
      </form>
    );
  return (
    <>
      <span role="status" data-testid="hand-status">
        {hand.claimedBy
          ? t('room.coming', { name: hand.claimedBy })
          : hand.ahead === 0
            ? t('room.aheadNone')
            : t('room.ahead', { n: hand.ahead })}
      </span>
      <button
        type="button"
        className="quiet"
        data-testid="lower-hand"
        onClick={() => act(seatApi.lower())}
      >
        {t('room.lower')}
      </button>
    </>
  );
}

/** Whoever sees or types in a terminal of mine now: always said, and typing ended with one click. */
function Watched({
  room: { watchers, typing },
  act,
}: {
  room: LearnerRoom;
  act: (what: Promise<unknown>) => void;
}) {
  const { t } = useTranslation();
  // Whoever may type is named below, with the way to end it.
  const others = watchers.filter(({ types }) => !types || typing?.state !== 'agreed');
  const looks = new Map(others.map((one) => [`${one.by} ${one.terminal}`, one]));
  return (
    <div aria-live="assertive">
      {[...looks.values()].map(({ by, terminal, types }) => (
        <p key={`${by} ${terminal}`} className="banner watched-notice" data-testid="watched-notice">
          {t(types ? 'room.typesNow' : 'room.watchesNow', { name: by, id: terminal })}
        </p>
      ))}
      {typing?.state === 'asked' && (
        <div className="banner" data-testid="typing-request">
          <p>{t('room.wantsToType', { name: typing.by, id: typing.terminal })}</p>
          <div className="row">
            <button
              type="button"
              data-testid="typing-agree"
              onClick={() => act(seatApi.answerTyping(typing.id, true))}
            >
              {t('room.agree')}
            </button>
            <button
              type="button"
              className="quiet"
              data-testid="typing-refuse"
              onClick={() => act(seatApi.answerTyping(typing.id, false))}
            >
              {t('room.refuse')}
            </button>
          </div>
        </div>
      )}
      {typing?.state === 'agreed' && (
        <div className="banner" data-testid="typing-agreed">
          <p>{t('room.mayType', { name: typing.by, id: typing.terminal })}</p>
          <button type="button" data-testid="typing-stop" onClick={() => act(seatApi.endTyping())}>
            {t('room.typingEnd')}
          </button>
        </div>
      )}
    </div>
  );
}

/** The last message read in this browser, by workshop. */
const readKey = (workshopId: string) => `tatami.room.read.${workshopId}`;

/** What staff said and was not put away yet, the newest on top. */
function Messages({ room, content }: { room: LearnerRoom; content: LabContent }) {
  const { t } = useTranslation();
  const [read, setRead] = useState(() => Number(kept(readKey(room.workshop.id)) ?? 0));
  const unread = room.messages.filter(({ id }) => id > read).reverse();
  const [newest] = unread;
  if (!newest) return null;
  const putAway = () => {
    keep(readKey(room.workshop.id), String(newest.id));
    setRead(newest.id);
  };
  return (
    <div className="room-messages" role="log" aria-label={t('room.messages')}>
      <div>
        {unread.map((message) => (
          <div key={message.id} className="callout" data-testid="room-message">
            <p>
              <small>{t('room.says', { name: message.by })}</small>
            </p>
            <MessageText message={message} content={content} />
          </div>
        ))}
      </div>
      <button type="button" className="quiet" data-testid="put-away" onClick={putAway}>
        {t('room.putAway')}
      </button>
    </div>
  );
}

function MessageText({ message, content }: { message: RoomMessage; content: LabContent }) {
  const { t, i18n } = useTranslation();
  if (message.kind === 'broadcast')
    return (
      <p className="said">
        <bdi>{message.text}</bdi>
      </p>
    );
  const about = <small lang={content.lang}>{checkText(content, message.checkId)}</small>;
  if (message.kind === 'explanation')
    return (
      <>
        {about}
        <p>{t(`explain.${message.reason}`)}</p>
      </>
    );
  const lang = message.texts[i18n.language as keyof typeof message.texts]
    ? i18n.language
    : content.lang;
  const [any] = Object.values(message.texts);
  return (
    <>
      {about}
      <p lang={lang}>{message.texts[lang as keyof typeof message.texts] ?? any}</p>
    </>
  );
}

const loadOwn = () => seatApi.audit();

/** What staff did to everybody and to this learner, to be read at any time. */
function OwnLog({ content }: { content: LabContent }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="link"
        data-testid="own-log"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {t('room.ownLog')}
      </button>
      <dialog
        ref={dialog}
        className="seat-dialog"
        aria-label={t('room.ownLog')}
        onClose={() => setOpen(false)}
      >
        <header className="row">
          <h2>{t('room.ownLog')}</h2>
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            {t('close')}
          </button>
        </header>
        <p className="quiet-text">{t('room.ownLogText')}</p>
        {isOpen && <AuditList content={content} load={loadOwn} />}
      </dialog>
    </>
  );
}
