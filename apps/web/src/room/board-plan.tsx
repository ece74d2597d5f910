import type { LabContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import type { StepPlan } from './board-model.ts';

interface Props {
  content: LabContent;
  plan: StepPlan[];
  locked: string[];
  /** Null: the board is only to be looked at. */
  onLock: ((stepId: string, isLocked: boolean) => void) | null;
}

const rounded = (minutes: number | null): string =>
  minutes === null ? '' : minutes < 10 ? minutes.toFixed(1) : String(Math.round(minutes));

/** Planned beside actual minutes of each step, where the room is, and which steps are locked. */
export function BoardPlan({ content, plan, locked, onLock }: Props) {
  const { t } = useTranslation();
  return (
    <section className="room-panel" aria-label={t('room.plan')}>
      <h2>{t('room.plan')}</h2>
      <div className="board-scroll">
        <table className="plan" data-testid="plan">
          <thead>
            <tr>
              <th scope="col">{t('room.step')}</th>
              <th scope="col">{t('room.planned')}</th>
              <th scope="col">{t('room.took')}</th>
              {onLock && <th scope="col">{t('room.soFar')}</th>}
              <th scope="col">{t('room.inside')}</th>
              {onLock && <th scope="col">{t('room.done')}</th>}
              {onLock && <th scope="col">{t('room.locked')}</th>}
            </tr>
          </thead>
          <tbody>
            {plan.map(({ step, planned, took, soFar, inside, done }) => (
              <tr key={step.id} data-late={Math.max(took ?? 0, soFar ?? 0) > planned}>
                <th scope="row" lang={content.lang}>
                  {step.title}
                </th>
                <td>{planned}</td>
                <td>{rounded(took)}</td>
                {onLock && <td>{rounded(soFar)}</td>}
                <td>{inside}</td>
                {onLock && <td>{done}</td>}
                {onLock && (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={t('room.lockStep', { title: step.title })}
                      data-testid={`lock-${step.id}`}
                      checked={locked.includes(step.id)}
                      onChange={(event) => onLock(step.id, event.target.checked)}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
