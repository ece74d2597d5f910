import { closeCodes } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordingLink } from '../player/recording-link.tsx';
import { pageLine } from '../transport/page-line.ts';
import { type MountedTerminal, mountTerminal } from './create-terminal.ts';
import { LinkDialog, LinkHint } from './link-parts.tsx';
import { OddNotice } from './odd-notice.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { promptOf } from './prompt-of.ts';
import { SearchBar } from './search-bar.tsx';
import { ConnectionText, ShellEnded } from './shell-ended.tsx';
import {
  type ConnectionState,
  type Screen,
  type Sent,
  type StreamRequest,
  TerminalConnection,
} from './terminal-connection.ts';
import { TerminalTools } from './terminal-tools.tsx';
import { TouchKeys } from './touch-keys.tsx';
import type { TypedTerminal } from './type-lines.ts';
import { useConveniences } from './use-conveniences.ts';
import { useLeaveGuard } from './use-leave-guard.ts';
import { ViewerBanner } from './viewer-banner.tsx';

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
  onTitle: (id: string, title: string) => void;
  onStartMachine: () => void;
}

/** One xterm on a live stream, with its connection in words. */
export function TerminalPane({ lab, id, visible, onHandle, onTitle, onStartMachine }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedTerminal | null>(null);
  const connection = useRef<TerminalConnection | null>(null);
  const [state, setState] = useState<ConnectionState>({ name: 'connecting' });
  const label = t('terminal', { id });
  const ended = state.name === 'ended' ? state : null;
  const hasEnded = useRef(false);
  hasEnded.current = ended !== null;
  const extras = useConveniences({
    hasEnded: () => hasEnded.current,
    send: (text) => connection.current?.send(text) ?? false,
    onTitle: (title) => onTitle(id, title),
  });

  useEffect(() => {
    if (!host.current) return;
    const view = mountTerminal(host.current, { readOnly: false, label, ...extras.handlers });
    mounted.current = view;
    const { terminal } = view;
    view.fit();
    const path = ({ from, cols, rows, newShell, standby }: StreamRequest) =>
      `/api/labs/${lab}/terminals/${id}/stream?from=${from}&cols=${cols}&rows=${rows}${newShell ? '&new=1' : ''}${standby ? '&as=standby' : ''}`;
    const screen: Screen = {
      write: (data, done) => terminal.write(data, done),
      take: (size) => view.take(size),
    };
    const stream = new TerminalConnection(
      { path, openTransport: pageLine.open, screen, onState: setState },
      { cols: terminal.cols, rows: terminal.rows },
    );
    connection.current = stream;
    terminals.set(id, terminal);
    extras.attach(view);
    terminal.onResize(({ cols, rows }) => {
      if (!view.keepsSize) stream.resize(cols, rows);
    });
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
  useLeaveGuard(state.name === 'live', () => isInUse(mounted.current?.terminal));

  const reopen = () => {
    if (ended?.code === closeCodes.sandboxClosed) return onStartMachine();
    connection.current?.open({ newShell: ended?.code === closeCodes.shellExited });
    extras.focus();
  };
  const take = () => {
    connection.current?.take();
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
        <Overlays extras={extras} view={mounted.current} />
      </div>
      {state.name === 'live' && state.role === 'viewer' && <ViewerBanner onTake={take} />}
      {ended && <ShellEnded state={ended} onReopen={reopen} />}
      <TouchKeys
        held={extras.held}
        onHold={extras.setHeld}
        onKey={extras.type}
        onPaste={() => void extras.paste.fromButton()}
        hasApplicationArrows={() =>
          mounted.current?.terminal.modes.applicationCursorKeysMode ?? false
        }
      />
      <div className="terminal-status">
        <span
          role="status"
          // In the box above, for those who see it.
          className={ended ? 'unseen' : 'connection'}
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
          onFullScreen={() => host.current?.closest('.terminals') ?? null}
          onClosed={extras.focus}
        />
      </div>
    </section>
  );
}

/** Somebody is typing here, or something runs: leaving the page would surprise. */
function isInUse(terminal: Terminal | undefined): boolean {
  if (!terminal) return false;
  return document.activeElement === terminal.textarea || promptOf(terminal) === null;
}

/** What lies over the terminal for a while. */
function Overlays({
  extras,
  view,
}: {
  extras: ReturnType<typeof useConveniences>;
  view: MountedTerminal | null;
}) {
  const { odd, link, asksLink, paste, searches } = extras;
  if (!view) return null;
  return (
    <>
      {searches > 0 && (
        <SearchBar search={view.search} asked={searches} onClose={extras.closeSearch} />
      )}
      {odd && (
        <OddNotice
          command={odd}
          topOf={view.topOf}
          onConvert={extras.convert}
          onLeave={extras.leaveOdd}
        />
      )}
      {link && <LinkHint link={link} />}
      {asksLink && <LinkDialog link={asksLink} onClose={() => extras.setAsksLink(null)} />}
      {paste.question && (
        <PasteDialog
          question={paste.question}
          onPaste={paste.confirm}
          onByHand={paste.byHand}
          onClose={paste.close}
        />
      )}
    </>
  );
}
