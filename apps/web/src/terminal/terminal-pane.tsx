import { closeCodes } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLeaveGuard } from '../use-leave-guard.ts';
import { Overlays } from './overlays.tsx';
import { promptOf } from './prompt-of.ts';
import { ShellEnded } from './shell-ended.tsx';
import type { ConnectionState } from './terminal-connection.ts';
import { TerminalStatus } from './terminal-status.tsx';
import { TouchKeys } from './touch-keys.tsx';
import { useConveniences } from './use-conveniences.ts';
import {
  type LiveTerminal,
  type TerminalHandle,
  useTerminalStream,
} from './use-terminal-stream.ts';
import { ViewerBanner } from './viewer-banner.tsx';

interface Props {
  lab: string;
  id: string;
  visible: boolean;
  onHandle: (id: string, handle: TerminalHandle | null) => void;
  onTitle: (id: string, title: string) => void;
  onStartMachine: () => void;
}

/** One xterm on a live stream, with its connection in words. */
export function TerminalPane({ lab, id, visible, onHandle, onTitle, onStartMachine }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const live = useRef<LiveTerminal | null>(null);
  const [state, setState] = useState<ConnectionState>({ name: 'connecting' });
  const label = t('terminal', { id });
  const ended = state.name === 'ended' ? state : null;
  const hasEnded = useRef(false);
  hasEnded.current = ended !== null;
  const extras = useConveniences({
    hasEnded: () => hasEnded.current,
    send: (text) => live.current?.stream.send(text) ?? false,
    onTitle: (title) => onTitle(id, title),
  });

  useTerminalStream(live, { lab, id, label, host, extras, onState: setState, onHandle });
  useEffect(() => {
    if (visible) live.current?.view.fit();
  }, [visible]);
  useLeaveGuard(state.name === 'live', () => isInUse(live.current?.view.terminal));

  const reopen = () => {
    if (ended?.code === closeCodes.sandboxClosed) return onStartMachine();
    live.current?.stream.open({ newShell: ended?.code === closeCodes.shellExited });
    extras.focus();
  };
  const take = () => {
    live.current?.stream.take();
    extras.focus();
  };
  return (
    <section
      className="terminal-pane"
      hidden={!visible}
      role="tabpanel"
      aria-labelledby={`tab-${id}`}
    >
      <div className="terminal-frame" data-ringing={extras.bell.isRinging}>
        <div className="terminal-host" ref={host} data-testid={`terminal-${id}`} />
        <Overlays extras={extras} view={live.current?.view ?? null} />
      </div>
      {state.name === 'live' && state.role === 'viewer' && <ViewerBanner onTake={take} />}
      {ended && <ShellEnded state={ended} onReopen={reopen} />}
      <TouchKeys
        held={extras.held}
        onHold={extras.setHeld}
        onKey={extras.type}
        onPaste={() => void extras.paste.fromButton()}
        hasApplicationArrows={() =>
          live.current?.view.terminal.modes.applicationCursorKeysMode ?? false
        }
      />
      <TerminalStatus {...{ lab, id, visible, state, extras }} />
    </section>
  );
}

/** Somebody is typing here, or something runs: leaving the page would surprise. */
function isInUse(terminal: Terminal | undefined): boolean {
  if (!terminal) return false;
  return document.activeElement === terminal.textarea || promptOf(terminal) === null;
}
