import type { Attempt } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OldScreen } from '../terminal/old-screen.tsx';

interface Props {
  lab: string;
  last: Attempt['lastMachine'];
  busy: boolean;
  onStart: () => void;
}

/** Without a machine: how the last one ended, what was kept, what it showed, and how to go on. */
export function MachineGone({ lab, last, busy, onStart }: Props) {
  const { t, i18n } = useTranslation();
  const screens = last?.screens ?? [];
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const shown = chosen !== undefined && screens.includes(chosen) ? chosen : screens[0];
  const time =
    last &&
    new Date(last.closedAt).toLocaleString(i18n.language, {
      dateStyle: 'short',
      timeStyle: 'short',
    });
  return (
    <div className="machine-gone">
      <div className="callout" data-testid="machine-gone">
        <p>
          {last
            ? `${t('closedAt', { time, reason: t(`closed.${last.reason}`) })} ${t('kept')}`
            : t(busy ? 'starting' : 'noMachine')}
        </p>
        <button type="button" data-testid="start-machine" disabled={busy} onClick={onStart}>
          {t(busy ? 'starting' : 'startMachine')}
        </button>
      </div>
      {shown && (
        <>
          <div className="tabs">
            {screens.map((id) => (
              <button
                key={id}
                type="button"
                className="tab"
                aria-pressed={id === shown}
                onClick={() => setChosen(id)}
              >
                {t('oldScreen', { id })}
              </button>
            ))}
          </div>
          <OldScreen key={shown} lab={lab} id={shown} />
        </>
      )}
    </div>
  );
}
