import type { Machine } from '@tatami/protocol';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../server-time.ts';

type Scope = 'machine' | 'step';

interface Props {
  machine: Machine;
  busy: boolean;
  onExtend: () => void;
  onReset: (scope: Scope) => void;
  /** What else can be done with it. */
  children?: ReactNode;
}

/** Minutes left at which the learner is warned (the runner warns at the same). */
const warnAtMinutes = 10;
const everyMs = 5_000;

/** Whole minutes until the machine closes, and by which of its limits; looked at every few seconds. */
function useTimeLeft({ idleDeadline, absoluteDeadline }: Machine) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, []);
  const [idle, absolute] = [Date.parse(idleDeadline), Date.parse(absoluteDeadline)];
  const minutes = Math.max(0, Math.ceil((Math.min(idle, absolute) - serverNow()) / 60_000));
  return { minutes, limit: absolute <= idle ? 'absolute' : 'idle' };
}

/** Time left and the ways to have more of it, or a fresh start. */
export function MachineBar({ machine, busy, onExtend, onReset, children }: Props) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Scope | null>(null);
  const { minutes, limit } = useTimeLeft(machine);
  const scarce = minutes <= warnAtMinutes;
  const readable =
    minutes < 60
      ? t('minutes', { n: minutes })
      : t('hours', { h: Math.floor(minutes / 60), n: minutes % 60 });
  return (
    <>
      <div className="machine-bar">
        <span data-testid="time-left" className="time-left" data-scarce={scarce}>
          {t('timeLeft', { time: readable })}
        </span>
        <button
          type="button"
          className="quiet"
          data-testid="extend"
          disabled={busy || !machine.extendable}
          onClick={onExtend}
        >
          {t('extend')}
        </button>
        <button
          type="button"
          className="quiet"
          data-testid="reset-step"
          disabled={busy}
          onClick={() => setAsked('step')}
        >
          {t('resetStep')}
        </button>
        <button
          type="button"
          className="quiet"
          data-testid="reset-machine"
          disabled={busy}
          onClick={() => setAsked('machine')}
        >
          {t('resetMachine')}
        </button>
        {children}
      </div>
      {scarce && (
        <p role="alert" className="banner" data-testid="warning">
          {t(`warning.${limit}`, { n: minutes })}
        </p>
      )}
      {asked && (
        <ConfirmReset
          scope={asked}
          onConfirm={() => onReset(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function ConfirmReset({
  scope,
  onConfirm,
  onClose,
}: {
  scope: Scope;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = t(scope === 'step' ? 'resetStep' : 'resetMachine');
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      <p>{t(`resetText.${scope}`)}</p>
      <div className="row">
        <button
          type="button"
          data-testid="confirm"
          onClick={() => {
            onConfirm();
            dialog.current?.close();
          }}
        >
          {t('confirm')}
        </button>
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          {t('cancel')}
        </button>
      </div>
    </dialog>
  );
}
