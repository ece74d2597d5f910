import { queueInPieces } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { RecordingLink } from '../player/recording-link.tsx';
import { mountTerminal } from './create-terminal.ts';

/** What a terminal of a machine that is gone showed last: to read and copy, not to type. */
export function OldScreen({ lab, id }: { lab: string; id: string }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<unknown>(null);
  const label = t('oldScreen', { id });
  useEffect(() => {
    if (!host.current) return;
    const { terminal, fit, dispose } = mountTerminal(host.current, { readOnly: true, label });
    fit();
    let over = false;
    api.screen(lab, id).then((bytes) => {
      // A cursor would promise that something can be typed.
      if (!over) queueInPieces(terminal, bytes, () => terminal.write('\x1b[?25l'));
    }, setError);
    return () => {
      over = true;
      dispose();
    };
  }, [lab, id]);
  return (
    <section className="terminal-pane">
      <ErrorText error={error} />
      <div className="terminal-frame old">
        <div className="terminal-host" ref={host} data-testid="old-screen" />
      </div>
      <div className="terminal-status">
        <span>{t('readOnly')}</span>
        <RecordingLink lab={lab} terminal={id}>
          {t('player.open')}
        </RecordingLink>
      </div>
    </section>
  );
}
