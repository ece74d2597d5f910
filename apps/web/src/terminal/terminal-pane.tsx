import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, socketUrl } from '../api.ts';
import { copy } from '../copy.ts';
import { type ConnectionState, TerminalConnection } from './terminal-connection.ts';

const terminals = new Map<string, Terminal>();
Object.assign(window, { tatami: { terminals } });

interface Props {
  lab: string;
  id: string;
  visible: boolean;
  /** Null shows the last screen of a machine that is gone. */
  live: boolean;
  onSender?: (id: string, send: ((text: string) => boolean) | null) => void;
  onStart?: () => void;
}

/** One xterm, bound to a stream or to an old screen. */
export function TerminalPane({ lab, id, visible, live, onSender, onStart }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const refit = useRef<() => void>(() => undefined);
  const connection = useRef<TerminalConnection | null>(null);
  const [state, setState] = useState<ConnectionState>({ name: 'connecting' });
  const [tabLeaves, setTabLeaves] = useState(false);

  useEffect(() => {
    if (!host.current) return;
    const terminal = new Terminal({
      allowProposedApi: true,
      convertEol: false,
      disableStdin: !live,
      fontSize: 14,
      fontFamily:
        'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "Noto Sans Mono CJK JP", "Microsoft YaHei", monospace',
      theme: { background: '#141a1f', foreground: '#e4e8e4', cursor: '#a9bf6a' },
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    terminal.open(host.current);
    refit.current = () => {
      if (host.current?.offsetParent) fit.fit();
    };
    refit.current();
    const observer = new ResizeObserver(() => refit.current());
    observer.observe(host.current);
    let leaves = false;
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.isComposing || event.type !== 'keydown') return true;
      const key = event.key.toLowerCase();
      if (event.ctrlKey && key === 'm') {
        event.preventDefault();
        leaves = !leaves;
        setTabLeaves(leaves);
        return false;
      }
      if (key === 'tab' && leaves) return false;
      if (event.ctrlKey && key === 'c' && terminal.hasSelection()) {
        event.preventDefault();
        void copy(terminal.getSelection());
        return false;
      }
      return true;
    });
    if (live) {
      const stream = new TerminalConnection(
        {
          url: (from, size) =>
            socketUrl(
              `/api/labs/${lab}/terminals/${id}/stream?from=${from}&cols=${size.cols}&rows=${size.rows}`,
            ),
          screen: terminal,
          onState: setState,
        },
        { cols: terminal.cols, rows: terminal.rows },
      );
      connection.current = stream;
      terminals.set(id, terminal);
      terminal.onData((data) => stream.send(data));
      terminal.onResize(({ cols, rows }) => stream.resize(cols, rows));
      onSender?.(id, (text) => stream.send(text));
      stream.open();
    } else void api.screen(lab, id).then((bytes) => terminal.write(bytes));
    return () => {
      observer.disconnect();
      connection.current?.close();
      connection.current = null;
      onSender?.(id, null);
      if (terminals.get(id) === terminal) terminals.delete(id);
      terminal.dispose();
    };
  }, [lab, id, live, onSender]);
  useEffect(() => {
    if (visible) refit.current();
  }, [visible]);

  const ended = state.name === 'ended' ? state.code : null;
  return (
    <div className="terminal-pane" hidden={!visible}>
      <div
        className="terminal-host"
        ref={host}
        data-testid={live ? `terminal-${id}` : 'old-screen'}
      />
      {live && (
        <div className="terminal-status">
          <span
            role="status"
            data-testid={visible ? 'connection-state' : undefined}
            data-state={state.name}
          >
            {ended === null ? t(`connection.${state.name}`) : `${t(`close.${ended}`)} (${ended})`}
          </span>
          {ended !== null && (
            <button
              type="button"
              onClick={() => (ended === 4001 ? onStart?.() : connection.current?.open())}
            >
              {t(
                ended === 4002
                  ? 'useHere'
                  : ended === 4000
                    ? 'newShell'
                    : ended === 4001
                      ? 'startMachine'
                      : 'tryAgain',
              )}
            </button>
          )}
          <span>{t(tabLeaves ? 'tabLeaves' : 'tabStays')}</span>
        </div>
      )}
    </div>
  );
}
