import { useTranslation } from 'react-i18next';
import type { Held } from './keys.ts';

/** The text of arrows depends on the mode that the program set (DECCKM). */
const keys = [
  ['Esc', '\x1b'],
  ['Tab', '\t'],
  ['↑', 'A'],
  ['↓', 'B'],
  ['←', 'D'],
  ['→', 'C'],
  ['|', '|'],
  ['~', '~'],
  ['/', '/'],
  ['-', '-'],
] as const;
const arrows = '↑↓←→';
/** What is most used with Ctrl; any letter can be typed after it. */
const controls = ['c', 'd', 'l', 'r', 'z'];

interface Props {
  held: Held;
  onHold: (held: Held) => void;
  /** Sends what a key stands for, with what is held. */
  onKey: (text: string) => void;
  onPaste: () => void;
  hasApplicationArrows: () => boolean;
}

/** Keys that a touch keyboard lacks; shown by the style sheet where there is no other. */
export function TouchKeys({ held, onHold, onKey, onPaste, hasApplicationArrows }: Props) {
  const { t } = useTranslation();
  const textOf = (name: string, text: string) => {
    if (!arrows.includes(name)) return text;
    return `\x1b${hasApplicationArrows() ? 'O' : '['}${text}`;
  };
  return (
    <div
      className="touch-keys"
      role="toolbar"
      aria-label={t('touchKeys')}
      // The terminal keeps the focus, and with it the on-screen keyboard stays as it is.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      <Hold name="Ctrl" on={held.ctrl} onClick={() => onHold({ ...held, ctrl: !held.ctrl })} />
      <Hold name="Alt" on={held.alt} onClick={() => onHold({ ...held, alt: !held.alt })} />
      {held.ctrl &&
        controls.map((letter) => (
          <TouchKey
            key={letter}
            onClick={() => onKey(letter)}
          >{`^${letter.toUpperCase()}`}</TouchKey>
        ))}
      {keys.map(([name, text]) => (
        <TouchKey key={name} onClick={() => onKey(textOf(name, text))}>
          {name}
        </TouchKey>
      ))}
      <TouchKey onClick={onPaste}>{t('paste')}</TouchKey>
    </div>
  );
}

function TouchKey({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" className="quiet" onClick={onClick}>
      {children}
    </button>
  );
}

function Hold({ name, on, onClick }: { name: string; on: boolean; onClick: () => void }) {
  return (
    <button type="button" className="quiet" aria-pressed={on} onClick={onClick}>
      {name}
    </button>
  );
}
