import type { Attempt, Language, StepContent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../server-time.ts';
import { StepMark } from './step-mark.tsx';

const everyMs = 500;

/** Minutes and seconds, `mm:ss`; minutes go on after an hour. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** When the cause of the open drill was named rightly; null until then. */
export function causeNamedAt(step: StepContent, { drill, passed }: Attempt): string | null {
  if (!step.drill || !drill) return null;
  const asked = step.checklist.find(({ asks }) => asks && 'causes' in asks)?.checkId;
  const at = passed.find(({ checkId }) => checkId === asked)?.evidence.at;
  // What passed before this clock began belongs to an earlier drill.
  return at && Date.parse(at) >= Date.parse(drill.openedAt) ? at : null;
}

/** Time since an incident began, which stops when its cause is named. */
function Clock({ openedAt, endedAt }: { openedAt: string; endedAt: string | null }) {
  const { t } = useTranslation();
  const [, redraw] = useState(0);
  useEffect(() => {
    if (endedAt) return;
    const timer = setInterval(() => redraw((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [endedAt]);
  const now = endedAt ? Date.parse(endedAt) : serverNow();
  return (
    <span
      role="timer"
      aria-live="off"
      aria-label={t('drill.clock')}
      className="clock"
      data-testid="drill-clock"
      data-running={endedAt === null}
    >
      {clockText(now - Date.parse(openedAt))}
    </span>
  );
}

interface Props {
  step: StepContent;
  /** Of the step's texts. */
  lang: Language;
  attempt: Attempt;
  /** Brings the debrief into view, which is there once the cause was named. */
  onDebrief: () => void;
}

/** An incident's clock, and its flow as the checks tick it. */
export function DrillBar({ step, lang, attempt, onDebrief }: Props) {
  const { t } = useTranslation();
  if (!step.drill || !attempt.drill) return null;
  const isDone = (id: string) => attempt.passed.some(({ checkId }) => checkId === id);
  const now = step.checklist.find(({ checkId }) => !isDone(checkId));
  const namedAt = causeNamedAt(step, attempt);
  return (
    <section className="drill-bar" aria-label={t('drill')} data-testid="drill">
      <Clock openedAt={attempt.drill.openedAt} endedAt={namedAt} />
      <ol>
        {step.checklist.map(({ checkId, text }) => {
          const state = isDone(checkId) ? 'done' : checkId === now?.checkId ? 'open' : 'untouched';
          return (
            <li
              key={checkId}
              title={text}
              data-state={state}
              data-testid={`flow-${checkId}`}
              aria-current={checkId === now?.checkId ? 'step' : undefined}
            >
              <StepMark state={state} />
              <span className="unseen">
                <span lang={lang}>{text}</span> {t(`ability.${isDone(checkId) ? 'done' : 'open'}`)}
              </span>
            </li>
          );
        })}
      </ol>
      {now && (
        <span className="flow-now" aria-hidden="true" lang={lang}>
          {now.text}
        </span>
      )}
      {namedAt && (
        <button type="button" className="quiet" data-testid="to-debrief" onClick={onDebrief}>
          {t('debrief')}
        </button>
      )}
    </section>
  );
}
