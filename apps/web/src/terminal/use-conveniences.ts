import type { Terminal } from '@xterm/xterm';
import { useRef, useState } from 'react';
import type { MountedTerminal } from './create-terminal.ts';
import { type Held, isKey, type PaneAction, withHeld } from './keys.ts';
import { stepFontSize } from './settings.ts';
import { safeTitle } from './title.ts';
import { useBell } from './use-bell.ts';
import { useKeyboard } from './use-keyboard.ts';
import { usePaste } from './use-paste.ts';
import { type LineWatch, type OddCommand, replacing, watchLine } from './watch-line.ts';

const nothingHeld: Held = { ctrl: false, alt: false };

interface Parts {
  /** False when it was dropped. */
  send: (text: string) => boolean;
  /** Nothing more can be typed. */
  hasEnded: () => boolean;
  onTitle: (title: string) => void;
}

/** What a terminal offers beside its shell: search, paste with care, links, odd characters, a bell, touch keys. */
export function useConveniences({ send, hasEnded, onTitle }: Parts) {
  const terminal = useRef<Terminal>(undefined);
  const watch = useRef<LineWatch>(undefined);
  const [note, setNote] = useState<'paste.tooLarge' | 'run.dropped' | null>(null);
  const [tabLeaves, setTabLeaves] = useState(false);
  const [searches, setSearches] = useState(0);
  const [odd, setOdd] = useState<OddCommand | null>(null);
  const [link, setLink] = useState<URL | null>(null);
  const [asksLink, setAsksLink] = useState<URL | null>(null);
  const [held, setHeld] = useState(nothingHeld);
  const bell = useBell();
  const isDropped = useRef(false);
  const paste = usePaste(terminal, {
    deliver: (text) => {
      terminal.current?.paste(text);
      setNote(isDropped.current ? 'run.dropped' : null);
    },
    onTooLarge: () => setNote('paste.tooLarge'),
  });
  const keyboard = useKeyboard();
  const now = useRef({ held, odd, tabLeaves, keyboard, note });
  now.current = { held, odd, tabLeaves, keyboard, note };
  const focus = () => terminal.current?.focus();

  /** What was typed or pasted: on its way first, then looked at. */
  const type = (data: string) => {
    const { held: holding } = now.current;
    isDropped.current = !send(holding === nothingHeld ? data : withHeld(data, holding));
    if (holding !== nothingHeld && isKey(data)) setHeld(nothingHeld);
    if (now.current.note && !isDropped.current) setNote(null);
    watch.current?.typed(data);
  };
  const convert = () => {
    if (!now.current.odd) return;
    send(replacing(now.current.odd.meant));
    watch.current?.leave();
    focus();
  };
  const act = (action: PaneAction) => {
    if (action.name === 'toggleTab') setTabLeaves((leaves) => !leaves);
    else if (action.name === 'search') setSearches((n) => n + 1);
    else if (action.name === 'fontSize') stepFontSize(action.by);
    else if (action.name === 'clear') terminal.current?.clear();
    else if (action.name === 'convert') convert();
    else if (action.text) send(action.text);
  };
  return {
    ...{ note, tabLeaves, searches, odd, link, asksLink, held, bell, paste },
    ...{ setHeld, setAsksLink, type, convert, focus },
    search: () => setSearches((n) => n + 1),
    closeSearch: () => {
      setSearches(0);
      // Else the next Ctrl+C would copy what was found.
      terminal.current?.clearSelection();
      focus();
    },
    leaveOdd: () => {
      watch.current?.leave();
      focus();
    },
    /** For mounting the terminal; read when they are called. */
    handlers: {
      tabLeaves: () => now.current.tabLeaves || hasEnded(),
      onAction: act,
      onPaste: paste.offer,
      onLink: setLink,
      onTap: setAsksLink,
    },
    /** To be called with the terminal once it is mounted. */
    attach: (mounted: MountedTerminal) => {
      terminal.current = mounted.terminal;
      watch.current = watchLine(mounted.terminal, () => now.current.keyboard, setOdd);
      mounted.terminal.onData(type);
      mounted.terminal.onBell(bell.ring);
      mounted.terminal.onTitleChange((title) => onTitle(safeTitle(title)));
    },
  };
}

/** What a pane has of them. */
export type Conveniences = ReturnType<typeof useConveniences>;
