import { closeCodes, queueInPieces } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keep, kept } from '../storage.ts';
import { type MountedTerminal, mountTerminal } from '../terminal/create-terminal.ts';
import { Overlays } from '../terminal/overlays.tsx';
import { type ConnectionState, TerminalConnection } from '../terminal/terminal-connection.ts';
import { useConveniences } from '../terminal/use-conveniences.ts';
import { pageLine } from '../transport/page-line.ts';

interface Props {
  /** Where its stream is; the rest of the query is added. */
  path: string;
  label: string;
  /** What is typed here goes there. */
  types: boolean;
  onView?: (view: MountedTerminal | null) => void;
  onEnded?: (code: number) => void;
}

const zoomKey = 'tatami.room.zoom';

/** Somebody else's terminal, live: to look at, or to type in. */
export function WatchedTerminal({ path, label, types, onView, onEnded }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<ConnectionState>({ name: 'connecting' });
  const [isCut, setCut] = useState(false);
  const [showsAll, setShowsAll] = useState(() => kept(zoomKey) === 'all');
  const mounted = useRef<MountedTerminal | null>(null);
  const sender = useRef<TerminalConnection | null>(null);
  const hasEnded = useRef(false);
  hasEnded.current = state.name === 'ended';
  const extras = useConveniences({
    hasEnded: () => hasEnded.current,
    send: (text) => sender.current?.send(text) ?? false,
    onTitle: () => undefined,
  });
  const told = useRef({ onView, onEnded });
  told.current = { onView, onEnded };
  useEffect(() => {
    if (!host.current) return;
    const view: MountedTerminal = mountTerminal(host.current, {
      ...{ readOnly: !types, label, onCut: setCut },
      ...(types && extras.handlers),
    });
    const { terminal } = view;
    mounted.current = view;
    view.zoom(kept(zoomKey) === 'all' ? 'all' : 'legible');
    const as = types ? '&as=owner' : '';
    const stream = new TerminalConnection(
      {
        path: ({ from, cols, rows }) => `${path}?from=${from}&cols=${cols}&rows=${rows}${as}`,
        openTransport: pageLine.open,
        screen: { write: (data, done) => queueInPieces(terminal, data, done), take: view.take },
        onState: (next) => {
          setState(next);
          if (next.name === 'ended') told.current.onEnded?.(next.code);
        },
      },
      { cols: terminal.cols, rows: terminal.rows },
    );
    sender.current = stream;
    if (types) {
      extras.attach(view);
      terminal.onResize(({ cols, rows }) => {
        if (!view.keepsSize) stream.resize(cols, rows);
      });
      terminal.focus();
    }
    told.current.onView?.(view);
    stream.open();
    return () => {
      told.current.onView?.(null);
      mounted.current = sender.current = null;
      stream.close();
      view.dispose();
    };
  }, [path, label, types]);
  const zoom = () => {
    const next = showsAll ? 'legible' : 'all';
    keep(zoomKey, next);
    setShowsAll(!showsAll);
    mounted.current?.zoom(next);
  };
  return (
    <div className="watched">
      <div className="terminal-frame" data-ringing={extras.bell.isRinging}>
        <div className="terminal-host" ref={host} data-testid="watched" />
        <Overlays extras={extras} view={mounted.current} />
      </div>
      <div className="terminal-status">
        <span role="status">
          {state.name === 'ended'
            ? t(state.code === closeCodes.unauthorized ? 'room.watchEnded' : `close.${state.code}`)
            : state.name === 'live' && types && state.role === 'viewer'
              ? t('room.takenBack')
              : t(`connection.${state.name}`)}
        </span>
        {types && (
          <>
            <span role="status">{extras.note && t(extras.note)}</span>
            <span className="tab-hint">{t(extras.tabLeaves ? 'tabLeaves' : 'tabStays')}</span>
          </>
        )}
        {isCut && (
          <button type="button" className="link" data-testid="zoom" onClick={zoom}>
            {t(showsAll ? 'room.zoomLegible' : 'room.zoomAll')}
          </button>
        )}
      </div>
    </div>
  );
}
