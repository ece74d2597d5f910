import { queueInPieces } from '@tatami/protocol';
import type { Terminal } from '@xterm/xterm';
import { type RefObject, useEffect } from 'react';
import { pageLine } from '../transport/page-line.ts';
import { type MountedTerminal, mountTerminal } from './create-terminal.ts';
import { promptOf } from './prompt-of.ts';
import {
  type ConnectionState,
  type Screen,
  type Sent,
  type StreamRequest,
  TerminalConnection,
} from './terminal-connection.ts';
import type { TypedTerminal } from './type-lines.ts';
import type { Conveniences } from './use-conveniences.ts';

const terminals = new Map<string, Terminal>();
// Tests read what is on the screen from here; a terminal's text is nowhere in the document.
Object.assign(window, { tatami: { terminals } });

/** What the rest of the page may do with a terminal. */
export interface TerminalHandle extends TypedTerminal {
  run: (command: string) => Sent;
  focus: () => void;
  /** Makes this the window that types, whoever had the terminal. */
  take: () => void;
}

interface Stream {
  lab: string;
  id: string;
  label: string;
  /** Where the terminal is put. */
  host: RefObject<HTMLElement | null>;
  extras: Conveniences;
  onState: (state: ConnectionState) => void;
  onHandle: (id: string, handle: TerminalHandle | null) => void;
}

/** A terminal in the page and its stream, for as long as both are there. */
export interface LiveTerminal {
  view: MountedTerminal;
  stream: TerminalConnection;
}

/** Puts the terminal into its place and opens its stream; `live` has both meanwhile. */
export function useTerminalStream(
  live: RefObject<LiveTerminal | null>,
  { lab, id, label, host, extras, onState, onHandle }: Stream,
): void {
  useEffect(() => {
    if (!host.current) return;
    const view = mountTerminal(host.current, { readOnly: false, label, ...extras.handlers });
    const { terminal } = view;
    view.fit();
    const path = ({ from, cols, rows, newShell, standby }: StreamRequest) =>
      `/api/labs/${lab}/terminals/${id}/stream?from=${from}&cols=${cols}&rows=${rows}${newShell ? '&new=1' : ''}${standby ? '&as=standby' : ''}`;
    const screen: Screen = {
      write: (data, done) => queueInPieces(terminal, data, done),
      take: (size) => view.take(size),
    };
    const stream = new TerminalConnection(
      { path, openTransport: pageLine.open, screen, onState },
      { cols: terminal.cols, rows: terminal.rows },
    );
    live.current = { view, stream };
    terminals.set(id, terminal);
    extras.attach(view);
    terminal.onResize(({ cols, rows }) => {
      if (!view.keepsSize) stream.resize(cols, rows);
    });
    onHandle(id, {
      run: (command) => stream.run(command),
      focus: () => terminal.focus(),
      take: () => stream.take(),
      live: () => stream.live,
      prompt: () => promptOf(terminal),
      parsed: () => stream.offset,
      send: (text) => stream.send(text),
    });
    stream.open();
    return () => {
      stream.close();
      live.current = null;
      onHandle(id, null);
      if (terminals.get(id) === terminal) terminals.delete(id);
      view.dispose();
    };
  }, [lab, id, onHandle]);
}
