import type { LearnerRoom } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MountedTerminal } from '../terminal/create-terminal.ts';
import { lastCommand } from './last-command.ts';
import { WatchedTerminal } from './watched-terminal.tsx';

interface Props {
  mirror: NonNullable<LearnerRoom['mirror']>;
  /** Types it into the learner's own terminal, with Enter. */
  onRun: (command: string) => void;
  onClose: () => void;
}

/** A terminal of the staff that everybody sees, and the way to do the same in one's own. */
export function MirrorPanel({ mirror, onRun, onClose }: Props) {
  const { t } = useTranslation();
  const [view, setView] = useState<MountedTerminal | null>(null);
  const [command, setCommand] = useState<string | null>(null);
  useEffect(() => {
    if (!view) return setCommand(null);
    const parsed = view.terminal.onWriteParsed(() => setCommand(lastCommand(view.terminal)));
    return () => parsed.dispose();
  }, [view]);
  const { by, terminal } = mirror;
  const label = t('room.mirrored', { name: by, id: terminal });
  return (
    <section className="mirror-panel" aria-label={label}>
      <header className="row">
        <small>{label}</small>
        <button type="button" className="quiet" onClick={onClose}>
          {t('room.mirrorHide')}
        </button>
      </header>
      <WatchedTerminal
        key={`${by} ${terminal}`}
        path={`/api/room/mirror/${terminal}/stream`}
        types={false}
        label={label}
        onView={setView}
      />
      {command && (
        <div className="row">
          <button type="button" data-testid="run-mine" onClick={() => onRun(command)}>
            {t('room.runMine')}
          </button>
          <code>{command}</code>
        </div>
      )}
    </section>
  );
}
