/** What a key does that is not the shell's. */
export type KeyAction =
  | { name: 'copy' }
  | { name: 'search' }
  | { name: 'clear' }
  | { name: 'toggleTab' }
  | { name: 'convert' }
  /** The browser does what it does with that key: Tab moves on, a paste event comes. */
  | { name: 'browser' }
  | { name: 'fontSize'; by: number }
  /** Bytes for the shell that this key does not give by itself. */
  | { name: 'send'; text: string };

/** The part of a keyboard event that is looked at. */
export type Key = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'
>;

interface Situation {
  isMac: boolean;
  hasSelection: boolean;
  /** Tab leaves the terminal instead of going to the shell. */
  tabLeaves: boolean;
}

/** As macOS's own terminals: readline's names for begin, end and kill of a line. */
const macLineKeys: Record<string, string> = {
  Backspace: '\x15',
  ArrowLeft: '\x01',
  ArrowRight: '\x05',
};

/** What a key that goes down does; null when it is the shell's. */
export function keyAction(key: Key, situation: Situation): KeyAction | null {
  const { ctrlKey, shiftKey, altKey, metaKey } = key;
  const letter = key.key.toLowerCase();
  if (letter === 'tab' && !ctrlKey && !altKey && !metaKey)
    return situation.tabLeaves ? { name: 'browser' } : null;
  // AltGr is Ctrl and Alt on Windows: what it gives is a character.
  if (altKey) return null;
  if (metaKey) return situation.isMac && !ctrlKey ? macAction(key, letter, situation) : null;
  if (!ctrlKey) return null;
  if (shiftKey) return ctrlShiftAction(key, letter, situation);
  if (letter === 'm') return { name: 'toggleTab' };
  if (letter === 'c' && situation.hasSelection && !situation.isMac) return { name: 'copy' };
  // Ctrl+V is the shell's on a Mac, where Cmd+V pastes.
  return letter === 'v' && !situation.isMac ? { name: 'browser' } : null;
}

function ctrlShiftAction(
  { key, code }: Key,
  letter: string,
  { hasSelection }: Situation,
): KeyAction | null {
  if (letter === 'f') return { name: 'search' };
  // Without a selection it must not become Ctrl+C.
  if (letter === 'c') return hasSelection ? { name: 'copy' } : { name: 'send', text: '' };
  if (letter === 'v') return { name: 'browser' };
  if (key === 'Enter') return { name: 'convert' };
  // By the character where the layout has it, by the place of the key where it has not.
  if (key === '+' || code === 'NumpadAdd' || code === 'Equal') return { name: 'fontSize', by: 1 };
  if (key === '_' || code === 'NumpadSubtract' || code === 'Minus')
    return { name: 'fontSize', by: -1 };
  return code === 'Digit0' ? { name: 'fontSize', by: 0 } : null;
}

function macAction(
  { key, shiftKey }: Key,
  letter: string,
  { hasSelection }: Situation,
): KeyAction | null {
  if (shiftKey) return null;
  if (letter === 'c') return hasSelection ? { name: 'copy' } : null;
  if (letter === 'v') return { name: 'browser' };
  if (letter === 'k') return { name: 'clear' };
  if (letter === 'f') return { name: 'search' };
  const text = macLineKeys[key];
  return text === undefined ? null : { name: 'send', text };
}

/** What the terminal leaves to whoever mounted it. */
export type PaneAction = Exclude<KeyAction, { name: 'copy' | 'browser' }>;

/** Keys held on the bar of a touch screen, for the next one. */
export interface Held {
  ctrl: boolean;
  alt: boolean;
}

/** One character or an arrow: neither a paste, nor an answer of the terminal to a program. */
export const isKey = (text: string): boolean => arrowOf(text) !== undefined || /^.$/su.test(text);

/** The letter of an arrow key, in either mode of those keys (DECCKM). */
const arrowOf = (text: string): string | undefined =>
  text.startsWith('\x1b') ? /^[[O]([A-D])$/.exec(text.slice(1))?.[1] : undefined;

/** What the shell gets of a key pressed while these are held (xterm, "PC-Style Function Keys"). */
export function withHeld(text: string, { ctrl, alt }: Held): string {
  if (!isKey(text)) return text;
  const arrow = arrowOf(text);
  if (arrow && (ctrl || alt)) return `\x1b[1;${1 + (alt ? 2 : 0) + (ctrl ? 4 : 0)}${arrow}`;
  const code = text.toUpperCase().charCodeAt(0);
  // Ctrl takes the sixth and seventh bit away, of the characters that have a control character.
  const isControlled = ctrl && code >= 0x40 && code <= 0x5f;
  return `${alt ? '\x1b' : ''}${isControlled ? String.fromCharCode(code & 0x1f) : text}`;
}
