import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordingLink } from '../player/recording-link.tsx';
import { ConnectionText } from './shell-ended.tsx';
import type { ConnectionState } from './terminal-connection.ts';
import { TerminalTools } from './terminal-tools.tsx';
import type { Conveniences } from './use-conveniences.ts';

interface Props {
  lab: string;
  id: string;
  visible: boolean;
  state: ConnectionState;
  extras: Conveniences;
}

/** The line below a terminal: its connection in words, what there is to know, and its tools. */
export function TerminalStatus({ lab, id, visible, state, extras }: Props) {
  const { t } = useTranslation();
  const line = useRef<HTMLDivElement>(null);
  return (
    <div className="terminal-status" ref={line}>
      <span
        role="status"
        // In the box above, for those who see it.
        className={state.name === 'ended' ? 'unseen' : 'connection'}
        data-testid={visible ? 'connection-state' : undefined}
        data-state={state.name}
        data-way={state.name === 'live' ? state.way : undefined}
      >
        <ConnectionText state={state} />
      </span>
      <span role="status" data-testid={visible ? 'terminal-note' : undefined}>
        {extras.note && t(extras.note)}
      </span>
      <span className="tab-hint">{t(extras.tabLeaves ? 'tabLeaves' : 'tabStays')}</span>
      <RecordingLink lab={lab} terminal={id}>
        {t('player.open')}
      </RecordingLink>
      <TerminalTools
        onSearch={extras.search}
        onFullScreen={() => line.current?.closest('.terminals') ?? null}
        onClosed={extras.focus}
      />
    </div>
  );
}
