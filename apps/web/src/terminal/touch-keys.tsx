import { useState } from 'react';

const keys = [
  ['Esc', '\x1b'],
  ['Tab', '\t'],
  ['↑', '\x1b[A'],
  ['↓', '\x1b[B'],
  ['←', '\x1b[D'],
  ['→', '\x1b[C'],
] as const;
const controls = ['c', 'd', 'l', 'z'];

/** Keys that a touch keyboard lacks; shown by the style sheet where there is no other. */
export function TouchKeys({ send, focus }: { send: (text: string) => void; focus: () => void }) {
  const [control, setControl] = useState(false);
  const press = (text: string) => {
    send(text);
    setControl(false);
    focus();
  };
  return (
    <div className="touch-keys">
      <button
        type="button"
        className="quiet"
        aria-pressed={control}
        onClick={() => setControl(!control)}
      >
        Ctrl
      </button>
      {control
        ? controls.map((letter) => (
            <button
              key={letter}
              type="button"
              className="quiet"
              // A control character is the letter's code less 96 (ASCII).
              onClick={() => press(String.fromCharCode(letter.charCodeAt(0) - 96))}
            >
              {`^${letter.toUpperCase()}`}
            </button>
          ))
        : keys.map(([name, text]) => (
            <button key={name} type="button" className="quiet" onClick={() => press(text)}>
              {name}
            </button>
          ))}
    </div>
  );
}
