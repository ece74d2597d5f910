import type { BoardSeat, HandRequest } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { lasting } from './words.ts';

interface Props {
  hands: BoardSeat[];
  me: string;
  now: number;
  onAct: (hand: number, act: HandRequest['act']) => void;
  onOpen: (id: string) => void;
}

/** Raised hands in their order; who claims one has it, and nobody else comes. */
export function BoardHands({ hands, me, now, onAct, onOpen }: Props) {
  const { t } = useTranslation();
  return (
    <section className="room-panel" aria-label={t('room.hands')}>
      <h2>
        {t('room.hands')} <small>{hands.length || ''}</small>
      </h2>
      {hands.length === 0 && <p className="quiet-text">{t('room.noHands')}</p>}
      <ol className="hands" aria-live="polite">
        {hands.map((seat) => {
          const { hand } = seat;
          if (!hand) return null;
          const mine = hand.claimedBy === me;
          return (
            <li key={hand.id} data-testid="hand" data-claimed={hand.claimedBy !== null}>
              <p>
                <button type="button" className="link" onClick={() => onOpen(seat.id)}>
                  <bdi>{seat.name}</bdi>
                </button>{' '}
                <small>{lasting(t, now - hand.raisedAt)}</small>
              </p>
              {hand.about && (
                <p>
                  <bdi>{hand.about}</bdi>
                </p>
              )}
              <div className="row">
                {hand.claimedBy === null && (
                  <button type="button" data-testid="claim" onClick={() => onAct(hand.id, 'claim')}>
                    {t('room.claim')}
                  </button>
                )}
                {hand.claimedBy !== null && !mine && (
                  <small>{t('room.claimedBy', { name: hand.claimedBy })}</small>
                )}
                {mine && (
                  <>
                    <button
                      type="button"
                      data-testid="serve"
                      onClick={() => onAct(hand.id, 'serve')}
                    >
                      {t('room.serve')}
                    </button>
                    <button
                      type="button"
                      className="quiet"
                      onClick={() => onAct(hand.id, 'release')}
                    >
                      {t('room.release')}
                    </button>
                  </>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
