import type { LabContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import '../styles/room.css';
import { ErrorText } from '../error-text.tsx';
import { StaffOnly } from '../staff/staff-only.tsx';
import {
  type BoardNow,
  cellOf,
  doneItems,
  handsOf,
  inRoom,
  planOf,
  reasonsOf,
} from './board-model.ts';
import { BoardPlan } from './board-plan.tsx';
import { BoardReasons } from './board-reasons.tsx';
import { BoardLost, BoardRefused } from './board-standing.tsx';
import { TimeLeft } from './time-left.tsx';
import { useBoard } from './use-board.ts';

/** The room for a projector: how far it is, and nobody's name. The server sends none. */
export default function ProjectorPage({ workshop }: { workshop: string }) {
  return <StaffOnly>{() => <Projector workshop={workshop} />}</StaffOnly>;
}

function Projector({ workshop }: { workshop: string }) {
  const { t } = useTranslation();
  const { board, content, error, following, now } = useBoard(workshop, false);
  if (typeof following === 'object') return <BoardRefused />;
  if (!board || !content)
    return (
      <main className="page">
        {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
      </main>
    );
  const { seats, room } = board;
  return (
    <main className="board-page projector" data-testid="projector">
      <header className="board-head">
        <h1>{board.workshop.title}</h1>
        <p>{t('room.count', { n: inRoom(seats).length, total: seats.length })}</p>
        <p>{t('room.handCount', { n: handsOf(seats).length })}</p>
        {room.timer && <TimeLeft timer={room.timer} />}
      </header>
      <div className="board-said">
        <BoardLost following={following} />
      </div>
      <div className="board-columns">
        <div>
          <Items {...{ content, board }} />
          <Squares {...{ content, board }} />
        </div>
        <aside>
          <BoardReasons {...{ content, now, reasons: reasonsOf(seats, now) }} onPush={null} />
          <BoardPlan
            {...{ content, locked: room.locked, plan: planOf(content, seats, now) }}
            onLock={null}
          />
        </aside>
      </div>
    </main>
  );
}

/** Of each item, how many have proven it. */
function Items({ content, board: { seats } }: { content: LabContent; board: BoardNow }) {
  const { t } = useTranslation();
  const present = seats.filter(({ joined }) => joined);
  return (
    <ol className="items" aria-label={t('checklist')}>
      {content.checklist.map((item) => {
        const states = present.map((seat) => cellOf(item, seat).state);
        const done = states.filter((state) => state === 'done' || state === 'assisted').length;
        return (
          <li key={item.id}>
            <span lang={content.lang}>{item.text}</span>
            <meter min={0} max={Math.max(1, present.length)} value={done} />
            <b>{`${done}/${present.length}`}</b>
          </li>
        );
      })}
    </ol>
  );
}

/** Everybody as a square that fills up, those who are furthest first: nobody can be found in it. */
function Squares({ content, board: { seats } }: { content: LabContent; board: BoardNow }) {
  const { t } = useTranslation();
  const total = Math.max(1, content.checklist.length);
  const counts = seats
    .filter(({ joined }) => joined)
    .map((seat) => doneItems(content, seat))
    .sort((a, b) => b - a);
  return (
    <ol className="squares" aria-label={t('room.everybody')}>
      {counts.map((count, index) => (
        <li key={index} style={{ ['--filled' as string]: `${(100 * count) / total}%` }}>
          {count}
        </li>
      ))}
    </ol>
  );
}
