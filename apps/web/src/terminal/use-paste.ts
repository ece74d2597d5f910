import type { Terminal } from '@xterm/xterm';
import { type RefObject, useRef, useState } from 'react';
import { asksFirst, mostPasted, type Paste, toPaste } from './paste.ts';

/** What is asked before something is pasted. */
export type PasteQuestion =
  | { name: 'sure'; paste: Paste; isBracketed: boolean }
  /** The page may not read the clipboard: it is pasted into a field first. */
  | { name: 'byHand' };

/** Pastes into a terminal, and asks first where that may do harm. */
export function usePaste(
  terminal: RefObject<Terminal | undefined>,
  { deliver, onTooLarge }: { deliver: (text: string) => void; onTooLarge: () => void },
) {
  const [question, setQuestion] = useState<PasteQuestion | null>(null);
  const linesAreFine = useRef(false);
  const close = () => {
    setQuestion(null);
    terminal.current?.focus();
  };
  const offer = (text: string) => {
    if (text === '' || !terminal.current) return;
    if (text.length > mostPasted) return onTooLarge();
    const paste = toPaste(text);
    if (!asksFirst(paste, linesAreFine.current)) return deliver(paste.text);
    const isBracketed = terminal.current.modes.bracketedPasteMode;
    setQuestion({ name: 'sure', paste, isBracketed });
  };
  return {
    question,
    offer,
    close,
    /** Pastes what was asked about; with `neverAsk`, several lines are fine from now on. */
    confirm: (text: string, neverAsk: boolean) => {
      if (neverAsk) linesAreFine.current = true;
      deliver(text);
      close();
    },
    /** Pastes from a button, without a key that the browser takes for a paste. */
    fromButton: async () => {
      try {
        offer(await navigator.clipboard.readText());
      } catch {
        // Forbidden, or a page on plain http, which has no such thing.
        setQuestion({ name: 'byHand' });
      }
    },
    byHand: (text: string) => {
      close();
      offer(text);
    },
  };
}
