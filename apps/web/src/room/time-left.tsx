import type { RoomTimer } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../server-time.ts';
import { useClock } from './use-clock.ts';
import { clockWords } from './words.ts';

/** What is left of the room's timer, by the server's clock. */
export function TimeLeft({ timer }: { timer: RoomTimer }) {
  const { t } = useTranslation();
  useClock(500);
  const left = timer.endsAt - serverNow();
  return (
    <span className="room-timer" role="timer" data-over={left <= 0} data-testid="room-timer">
      {timer.label && <bdi>{timer.label} </bdi>}
      <b>{left > 0 ? clockWords(left) : t('room.timeUp')}</b>
    </span>
  );
}
