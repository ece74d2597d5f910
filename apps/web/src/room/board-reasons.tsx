import type { LabContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import type { RoomReason } from './board-model.ts';
import { checkText, hintsOf, lasting, plainReason } from './words.ts';

/** Something to push to learners: the interface's explanation of a reason, or one of the lesson's hints. */
export type Push =
  | { kind: 'explanation'; checkId: string; reason: string }
  | { kind: 'hint'; checkId: string; level: number };

interface Props {
  content: LabContent;
  reasons: RoomReason[];
  now: number;
  /** Null: the board is only to be looked at. `to` null: everybody. */
  onPush: ((push: Push, to: string[] | null) => void) | null;
}

/** Where the room is stuck, by reason, with what can be said about it at once. */
export function BoardReasons({ content, reasons, now, onPush }: Props) {
  const { t } = useTranslation();
  return (
    <section className="room-panel" aria-label={t('room.reasons')}>
      <h2>{t('room.reasons')}</h2>
      {reasons.length === 0 && <p className="quiet-text">{t('room.nobodyStuck')}</p>}
      <ul className="reasons" aria-live="polite">
        {reasons.map((one) => (
          <li
            key={`${one.checkId} ${one.reason}`}
            data-alert={one.alerts}
            data-testid="room-reason"
          >
            <p>
              <strong>
                {t('room.share', { n: one.seats.length, percent: Math.round(one.share * 100) })}
              </strong>{' '}
              <small>{t('room.longest', { time: lasting(t, now - one.since) })}</small>
            </p>
            <p>{plainReason(t, one.example)}</p>
            <p className="quiet-text">{checkText(content, one.checkId)}</p>
            {onPush && <Pushes content={content} reason={one} onPush={onPush} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pushes({
  content,
  reason: { checkId, reason, seats },
  onPush,
}: {
  content: LabContent;
  reason: RoomReason;
  onPush: NonNullable<Props['onPush']>;
}) {
  const { t, i18n } = useTranslation();
  const stuck = seats.map(({ id }) => id);
  const explanation = `explain.${reason}`;
  const hints = hintsOf(content, checkId);
  return (
    <details>
      <summary>{t('room.say')}</summary>
      {i18n.exists(explanation) && (
        <div className="push">
          <p>{t(explanation)}</p>
          <PushButtons push={{ kind: 'explanation', checkId, reason }} {...{ stuck, onPush }} />
        </div>
      )}
      {hints.map((hint, level) => (
        <div key={hint} className="push">
          <p>
            <b>{t('room.hint', { n: level + 1 })}</b> <span lang={content.lang}>{hint}</span>
          </p>
          <PushButtons push={{ kind: 'hint', checkId, level }} {...{ stuck, onPush }} />
        </div>
      ))}
    </details>
  );
}

/** To those who are stuck on it, or to the whole room. */
function PushButtons({
  push,
  stuck,
  onPush,
}: {
  push: Push;
  stuck: string[];
  onPush: NonNullable<Props['onPush']>;
}) {
  const { t } = useTranslation();
  return (
    <div className="row">
      <button type="button" data-testid={`push-${push.kind}`} onClick={() => onPush(push, stuck)}>
        {t('room.pushStuck', { n: stuck.length })}
      </button>
      <button
        type="button"
        className="quiet"
        data-testid={`push-${push.kind}-all`}
        onClick={() => onPush(push, null)}
      >
        {t('room.sendAll')}
      </button>
    </div>
  );
}
