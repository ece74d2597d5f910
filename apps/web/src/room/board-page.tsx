import type { Account, LabContent } from '@tatami/protocol';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../styles/room.css';
import { ErrorText } from '../error-text.tsx';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { Asking } from '../workshops/asking.tsx';
import { Guesses } from '../workshops/guesses.tsx';
import { AuditList } from './audit-list.tsx';
import { BoardActs } from './board-acts.tsx';
import { BoardGrid } from './board-grid.tsx';
import { BoardHands } from './board-hands.tsx';
import {
  type BoardNow,
  type Filter,
  filters,
  handsOf,
  inRoom,
  planOf,
  reasonsOf,
  rowsOf,
  type Sorting,
  sortings,
} from './board-model.ts';
import { BoardPlan } from './board-plan.tsx';
import { BoardReasons, type Push } from './board-reasons.tsx';
import { BoardLost, BoardRefused } from './board-standing.tsx';
import { roomApi } from './room-api.ts';
import { SeatDialog } from './seat-dialog.tsx';
import { TimeLeft } from './time-left.tsx';
import { useBoard } from './use-board.ts';

/** The live board of a workshop, for its staff. */
export default function BoardPage({ workshop }: { workshop: string }) {
  return <StaffOnly>{(account) => <Board {...{ workshop, account }} />}</StaffOnly>;
}

function Board({ workshop, account }: { workshop: string; account: Account }) {
  const { t } = useTranslation();
  const { board, content, error, following, now } = useBoard(workshop, true);
  if (typeof following === 'object') return <BoardRefused />;
  if (!board || !content)
    return (
      <main className="page">
        {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
      </main>
    );
  return (
    <LiveBoard {...{ board, content, now, account }}>
      <BoardLost following={following} />
    </LiveBoard>
  );
}

interface LiveProps {
  board: BoardNow;
  content: LabContent;
  now: number;
  account: Account;
  children: React.ReactNode;
}

function LiveBoard({ board, content, now, account, children }: LiveProps) {
  const { t } = useTranslation();
  const { workshop, room, seats, me } = board;
  const [wanted, setWanted] = useState<{ sorting: Sorting; filter: Filter; text: string }>({
    ...{ sorting: 'seat', filter: 'all', text: '' },
  });
  const [open, setOpen] = useState<string | null>(null);
  const { error, note, act, forget } = useActs();
  // The same at each drawing, or every row would be drawn again.
  const show = useCallback(
    (id: string) => {
      forget();
      setOpen(id);
    },
    [forget],
  );
  const reasons = reasonsOf(seats, now);
  const push = (what: Push, to: string[] | null) =>
    void act(() => roomApi.tell(workshop.id, { ...what, to }), t('room.pushed'));
  const lock = (stepId: string, isLocked: boolean) =>
    void act(() => roomApi.lock(workshop.id, stepId, isLocked));
  const seat = seats.find(({ id }) => id === open);
  const mayLead = account.role !== 'assistant';
  return (
    <main className="board-page">
      <header className="board-head">
        <h1>{workshop.title}</h1>
        <p>{t('room.count', { n: inRoom(seats).length, total: seats.length })}</p>
        {room.timer && <TimeLeft timer={room.timer} />}
        <a
          className="button quiet"
          href={`/workshops/${workshop.id}/projector`}
          target="_blank"
          rel="noreferrer"
        >
          {t('room.projector')}
        </a>
        <a className="button quiet" href={`/workshops/${workshop.id}/summary`}>
          {t('room.summary')}
        </a>
        <Log workshopId={workshop.id} content={content} />
      </header>
      <div className="board-said">
        {children}
        {!seat && <ErrorText error={error} />}
        <p role="status" className="quiet-text">
          {!seat && note}
        </p>
      </div>
      {reasons
        .filter(({ alerts }) => alerts)
        .map(({ checkId, reason, seats: stuck, share }) => (
          <p key={`${checkId} ${reason}`} role="alert" className="banner" data-testid="room-alert">
            {t('room.alert', { n: stuck.length, percent: Math.round(share * 100) })}
          </p>
        ))}
      <Asking id={workshop.id} />
      <Guesses id={workshop.id} />
      <div className="board-columns">
        <div>
          <Controls {...{ wanted }} onChange={setWanted} />
          <BoardGrid
            {...{ content, now }}
            seats={rowsOf(content, seats, wanted, now)}
            onOpen={show}
          />
          <BoardPlan
            {...{ content, locked: room.locked, plan: planOf(content, seats, now) }}
            onLock={mayLead ? lock : null}
          />
        </div>
        <aside>
          <BoardHands
            {...{ me, now, hands: handsOf(seats) }}
            onAct={(hand, wish) => void act(() => roomApi.hand(workshop.id, hand, wish))}
            onOpen={show}
          />
          <BoardReasons {...{ content, reasons, now }} onPush={push} />
          <BoardActs {...{ workshop, content, room, account, act }} onPush={push} />
        </aside>
      </div>
      {seat && (
        <SeatDialog
          key={seat.id}
          {...{ workshopId: workshop.id, content, seat, me, now, error, note, act }}
          onPush={push}
          onClose={() => setOpen(null)}
        />
      )}
    </main>
  );
}

/** Acts of staff: what went wrong with the last one, or that it was done. */
function useActs() {
  const [error, setError] = useState<unknown>(null);
  const [note, setNote] = useState('');
  const act = useCallback(async (what: () => Promise<unknown>, done = ''): Promise<boolean> => {
    try {
      await what();
      setError(null);
      setNote(done);
      return true;
    } catch (cause) {
      if (!isSignedOut(cause)) setError(cause);
      setNote('');
      return false;
    }
  }, []);
  const forget = useCallback(() => {
    setError(null);
    setNote('');
  }, []);
  return { error, note, act, forget };
}

interface ControlsProps {
  wanted: { sorting: Sorting; filter: Filter; text: string };
  onChange: (wanted: ControlsProps['wanted']) => void;
}

function Controls({ wanted, onChange }: ControlsProps) {
  const { t } = useTranslation();
  return (
    <div className="row board-controls">
      <input
        type="search"
        aria-label={t('room.find')}
        placeholder={t('room.find')}
        value={wanted.text}
        onChange={(event) => onChange({ ...wanted, text: event.target.value })}
      />
      <label>
        {t('room.show')}{' '}
        <select
          data-testid="board-filter"
          value={wanted.filter}
          onChange={(event) => onChange({ ...wanted, filter: event.target.value as Filter })}
        >
          {filters.map((filter) => (
            <option key={filter} value={filter}>
              {t(`room.filter.${filter}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('room.sort')}{' '}
        <select
          data-testid="board-sort"
          value={wanted.sorting}
          onChange={(event) => onChange({ ...wanted, sorting: event.target.value as Sorting })}
        >
          {sortings.map((sorting) => (
            <option key={sorting} value={sorting}>
              {t(`room.sorting.${sorting}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Log({ workshopId, content }: { workshopId: string; content: LabContent }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const load = useCallback(() => roomApi.audit(workshopId), [workshopId]);
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {t('room.log')}
      </button>
      <dialog
        ref={dialog}
        className="seat-dialog"
        aria-label={t('room.log')}
        onClose={() => setOpen(false)}
      >
        <header className="row">
          <h2>{t('room.log')}</h2>
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            {t('close')}
          </button>
        </header>
        {isOpen && <AuditList content={content} load={load} />}
      </dialog>
    </>
  );
}
