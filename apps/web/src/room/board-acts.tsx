import { type Account, includesRole, type LabContent, type RoomState } from '@tatami/protocol';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Push } from './board-reasons.tsx';
import { roomApi } from './room-api.ts';
import { TimeLeft } from './time-left.tsx';
import { useTelling } from './use-telling.ts';
import { hintsOf } from './words.ts';

interface Props {
  workshop: { id: string; labId: string };
  content: LabContent;
  room: RoomState;
  account: Account;
  /** Waits for an act's answer and shows what went wrong. @returns whether it was done. */
  act: (what: () => Promise<unknown>) => Promise<boolean>;
  onPush: (push: Push, to: null) => void;
}

/** What is told to everybody and set for everybody. */
export function BoardActs({ workshop, content, room, account, act, onPush }: Props) {
  const { t } = useTranslation();
  const mayLead = includesRole(account.role, 'instructor');
  return (
    <section className="room-panel" aria-label={t('room.acts')}>
      <h2>{t('room.acts')}</h2>
      <Broadcast onSend={(text) => act(() => roomApi.tell(workshop.id, all(text)))} />
      <HintForAll content={content} onPush={(push) => onPush(push, null)} />
      {mayLead && (
        <>
          <Timer
            timer={room.timer}
            onStart={(minutes, label) => act(() => roomApi.time(workshop.id, minutes, label))}
            onStop={() => act(() => roomApi.stopTimer(workshop.id))}
          />
          <MirrorOwn
            labId={workshop.labId}
            mirror={room.mirror}
            onShow={(terminal) => act(() => roomApi.mirror(workshop.id, terminal))}
            onEnd={() => act(() => roomApi.endMirror(workshop.id))}
          />
        </>
      )}
    </section>
  );
}

const all = (text: string) => ({ kind: 'broadcast' as const, to: null, text });

function Broadcast({ onSend }: { onSend: (text: string) => Promise<boolean> }) {
  const { t } = useTranslation();
  const { text, setText, isReady, tell } = useTelling(onSend);
  return (
    <form onSubmit={tell} className="act">
      <label>
        {t('room.broadcast')}
        <textarea
          rows={2}
          maxLength={2000}
          data-testid="broadcast-text"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" data-testid="broadcast" disabled={!isReady}>
        {t('room.sendAll')}
      </button>
    </form>
  );
}

/** One of the lesson's hints, whether anybody is stuck there or not. */
function HintForAll({ content, onPush }: { content: LabContent; onPush: (push: Push) => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState('');
  const steps = content.steps
    .map(({ id, title, checklist }) => ({
      ...{ id, title, items: checklist.filter(({ hints }) => hints.length > 0) },
    }))
    .filter(({ items }) => items.length > 0);
  if (steps.length === 0) return null;
  return (
    <div className="act">
      <label>
        {t('room.hintAll')}
        <select
          data-testid="hint-all-of"
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
        >
          <option value="">{t('room.hintOf')}</option>
          {steps.map(({ id, title, items }) => (
            <optgroup key={id} label={title}>
              {items.map(({ checkId, text }) => (
                <option key={checkId} value={checkId}>
                  {text}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {hintsOf(content, chosen).map((hint, level) => (
        <div key={hint} className="push">
          <p>
            <b>{t('room.hint', { n: level + 1 })}</b> <span lang={content.lang}>{hint}</span>
          </p>
          <button
            type="button"
            data-testid="hint-all"
            onClick={() => onPush({ kind: 'hint', checkId: chosen, level })}
          >
            {t('room.sendAll')}
          </button>
        </div>
      ))}
    </div>
  );
}

function Timer({
  timer,
  onStart,
  onStop,
}: {
  timer: RoomState['timer'];
  onStart: (minutes: number, label: string) => Promise<boolean>;
  onStop: () => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [minutes, setMinutes] = useState('10');
  const [label, setLabel] = useState('');
  const wanted = Number(minutes);
  const start = (event: FormEvent) => {
    event.preventDefault();
    void onStart(wanted, label.trim());
  };
  return (
    <form onSubmit={start} className="act">
      <label>
        {t('room.timer')}
        <span className="row">
          <input
            type="number"
            min="0.5"
            max="600"
            step="0.5"
            data-testid="timer-minutes"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
          {t('room.minutesUnit')}
        </span>
      </label>
      <label>
        {t('room.timerLabel')}
        <input
          type="text"
          maxLength={80}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
      </label>
      <div className="row">
        <button type="submit" data-testid="timer-start" disabled={!(wanted >= 0.5)}>
          {t('room.timerStart')}
        </button>
        {timer && (
          <>
            <TimeLeft timer={timer} />
            <button type="button" className="quiet" onClick={() => void onStop()}>
              {t('room.timerStop')}
            </button>
          </>
        )}
      </div>
    </form>
  );
}

const terminals = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

function MirrorOwn({
  labId,
  mirror,
  onShow,
  onEnd,
}: {
  labId: string;
  mirror: RoomState['mirror'];
  onShow: (terminal: string) => Promise<boolean>;
  onEnd: () => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [terminal, setTerminal] = useState('1');
  return (
    <div className="act">
      <p>
        {t('room.mirrorText')}{' '}
        <a href={`/labs/${labId}`} target="_blank" rel="noreferrer">
          {t('room.ownMachine')}
        </a>
      </p>
      <div className="row">
        <select
          aria-label={t('room.mirrorTerminal')}
          value={terminal}
          onChange={(event) => setTerminal(event.target.value)}
        >
          {terminals.map((id) => (
            <option key={id} value={id}>
              {t('terminal', { id })}
            </option>
          ))}
        </select>
        <button type="button" data-testid="mirror" onClick={() => void onShow(terminal)}>
          {t('room.mirrorStart')}
        </button>
        {mirror && (
          <>
            <small role="status">{t('room.mirrored', mirrored(mirror))}</small>
            <button
              type="button"
              className="quiet"
              data-testid="mirror-end"
              onClick={() => void onEnd()}
            >
              {t('room.mirrorEnd')}
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** Whose terminal everybody sees, for a sentence. */
export const mirrored = ({ by, terminal }: NonNullable<RoomState['mirror']>) => ({
  name: by,
  id: terminal,
});
