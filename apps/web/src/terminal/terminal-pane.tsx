import { closeCodes } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type OpenTransport, webSocketTransport } from '../transport/transport.ts';
import { type MountedTerminal, mountTerminal } from './create-terminal.ts';
import { promptOf } from './prompt-of.ts';
import { type ConnectionState, type Sent, TerminalConnection } from './terminal-connection.ts';
import { TouchKeys } from './touch-keys.tsx';
import type { TypedTerminal } from './type-lines.ts';

const terminals = new Map<string, Terminal>();
// Tests read what is on the screen from here; a terminal's text is nowhere in the document.
Object.assign(window, { tatami: { terminals } });

/** What the rest of the page may do with a terminal. */
export interface TerminalHandle extends TypedTerminal {
  run: (command: string) => Sent;
  focus: () => void;
}

interface Props {
  lab: string;
  id: string;
  visible: boolean;
  onHandle: (id: string, handle: TerminalHandle | null) => void;
  onStartMachine: () => void;
}

const actions: Partial<Record<number, string>> = {
  [closeCodes.shellExited]: 'newShell',
  [closeCodes.sandboxClosed]: 'startMachine',
  [closeCodes.takenOver]: 'useHere',
};

/** One xterm on a live stream, with its connection in words. */
export function TerminalPane({ lab, id, visible, onHandle, onStartMachine }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedTerminal | null>(null);
  const connection = useRef<TerminalConnection | null>(null);
  const [state, setState] = useState<ConnectionState>({ name: 'connecting' });
  const [tabLeaves, setTabLeaves] = useState(false);
  const label = t('terminal', { id });

  useEffect(() => {
    if (!host.current) return;
    const view = mountTerminal(host.current, { readOnly: false, label, onTabLeaves: setTabLeaves });
    mounted.current = view;
    const { terminal } = view;
    view.fit();
    const path = (from: number, { cols, rows }: { cols: number; rows: number }, fresh: boolean) =>
      `/api/labs/${lab}/terminals/${id}/stream?from=${from}&cols=${cols}&rows=${rows}${fresh ? '&new=1' : ''}`;
    const openTransport: OpenTransport = (path, events) =>
      webSocketTransport(location.origin, path, events);
    const stream = new TerminalConnection(
      { path, openTransport, screen: terminal, onState: setState },
      { cols: terminal.cols, rows: terminal.rows },
    );
    connection.current = stream;
    terminals.set(id, terminal);
    terminal.onData((data) => stream.send(data));
    terminal.onResize(({ cols, rows }) => stream.resize(cols, rows));
    onHandle(id, {
      run: (command) => stream.run(command),
      focus: () => terminal.focus(),
      live: () => stream.live,
      prompt: () => promptOf(terminal),
      parsed: () => stream.offset,
      send: (text) => stream.send(text),
    });
    stream.open();
    return () => {
      stream.close();
      connection.current = null;
      mounted.current = null;
      onHandle(id, null);
      if (terminals.get(id) === terminal) terminals.delete(id);
      view.dispose();
    };
  }, [lab, id, onHandle]);
  useEffect(() => {
    if (visible) mounted.current?.fit();
  }, [visible]);

  const ended = state.name === 'ended' ? state.code : null;
  const reopen = () =>
    ended === closeCodes.sandboxClosed
      ? onStartMachine()
      : connection.current?.open({ newShell: ended === closeCodes.shellExited });
  return (
    <section
      className="terminal-pane"
      hidden={!visible}
      role="tabpanel"
      aria-labelledby={`tab-${id}`}
    >
      <div className="terminal-frame">
        <div className="terminal-host" ref={host} data-testid={`terminal-${id}`} />
      </div>
      <TouchKeys
        send={(text) => connection.current?.send(text)}
        focus={() => mounted.current?.terminal.focus()}
      />
      <div className="terminal-status">
        <span
          role="status"
          className="connection"
          data-testid={visible ? 'connection-state' : undefined}
          data-state={state.name}
        >
          {ended === null ? t(`connection.${state.name}`) : `${t(`close.${ended}`)} (${ended})`}
        </span>
        {ended !== null && (
          <button type="button" data-testid="reopen" onClick={reopen}>
            {t(actions[ended] ?? 'tryAgain')}
          </button>
        )}
        <span className="tab-hint">{t(tabLeaves ? 'tabLeaves' : 'tabStays')}</span>
      </div>
    </section>
  );
}
