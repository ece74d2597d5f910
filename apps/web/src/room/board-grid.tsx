import type { BoardSeat, LabContent } from '@tatami/protocol';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { labelOf } from '../lab/step-nav.tsx';
import { type Cell, cellOf, hasPassed, isStuck } from './board-model.ts';
import { lasting, reasonWords } from './words.ts';

interface Props {
  content: LabContent;
  seats: BoardSeat[];
  now: number;
  onOpen: (id: string) => void;
}

/** Learners by checklist items, and what each is stuck on. */
export function BoardGrid({ content, seats, now, onOpen }: Props) {
  const { t } = useTranslation();
  return (
    <div className="board-scroll">
      <table className="board-grid" data-testid="board">
        <thead>
          <tr>
            <th scope="col">{t('room.learner')}</th>
            {content.checklist.map((item, index) => (
              <th key={item.id} scope="col" className="item" title={item.text}>
                <abbr title={item.text}>{index + 1}</abbr>
              </th>
            ))}
            <th scope="col">{t('room.step')}</th>
            <th scope="col">{t('room.stuckOn')}</th>
            <th scope="col">{t('room.for')}</th>
          </tr>
        </thead>
        <tbody>
          {seats.map((seat) => (
            <Row
              key={seat.id}
              {...{ content, seat, onOpen }}
              stuck={isStuck(seat, now)}
              since={seat.trouble ? lasting(t, now - seat.trouble.since) : ''}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  content: LabContent;
  seat: BoardSeat;
  stuck: boolean;
  since: string;
  onOpen: (id: string) => void;
}

const passedIn = ({ checklist }: LabContent['steps'][number], seat: BoardSeat): number =>
  checklist.filter(({ checkId }) => hasPassed(seat, checkId)).length;

/** Drawn again only when something of it is another. */
const Row = memo(function Row({ content, seat, stuck, since, onOpen }: RowProps) {
  const { t } = useTranslation();
  const { trouble, hand } = seat;
  const step = content.steps.find(({ id }) => id === seat.stepId);
  const presence = !seat.joined ? 'not-joined' : seat.here ? 'here' : 'away';
  return (
    <tr data-testid="board-row" data-stuck={stuck} data-presence={presence}>
      <th scope="row">
        <button type="button" className="link" onClick={() => onOpen(seat.id)}>
          <bdi>{seat.name}</bdi>
        </button>
        {seat.number && <small> {seat.number}</small>}
        {hand && (
          <span className="mark-hand" title={hand.about || undefined}>
            {t(hand.claimedBy ? 'room.handClaimed' : 'room.handUp')}
          </span>
        )}
        {presence !== 'here' && <small> {t(`room.presence.${presence}`)}</small>}
      </th>
      {content.checklist.map((item, index) => (
        <td key={item.id} className="item">
          <CellMark cell={cellOf(item, seat)} name={`${index + 1}. ${item.text}`} />
        </td>
      ))}
      <td className="step" title={step?.title}>
        {step && labelOf(step, content.steps)}
        {step && step.checklist.length > 0 && (
          <small> {`${passedIn(step, seat)}/${step.checklist.length}`}</small>
        )}
      </td>
      <td className="reason">{trouble && reasonWords(t, trouble.reason)}</td>
      <td className="for">{since}</td>
    </tr>
  );
});

/** Shapes tell states apart; colour only underlines them. */
export function CellMark({ cell, name }: { cell: Cell; name: string }) {
  const { t } = useTranslation();
  const { state, passed, total } = cell;
  const words = `${name}: ${t(`room.cell.${state}`)} (${passed}/${total})`;
  return (
    <svg
      className="cell"
      data-state={state}
      viewBox="0 0 20 20"
      width="18"
      height="18"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      <rect x="1.5" y="1.5" width="17" height="17" rx="3" />
      {(state === 'done' || state === 'assisted') && <path d="M5 10.5l3.4 3.4L15 7" />}
      {state === 'assisted' && <path d="M4.5 17h11" />}
      {state === 'begun' && <path d="M6 10h8" />}
      {state === 'trouble' && <path d="M10 5v6M10 14v1.2" />}
    </svg>
  );
}
