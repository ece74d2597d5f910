import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { converted, oddIn } from './odd-characters.ts';
import { useOddKinds } from './odd-notice.tsx';
import { hiddenIn, nameOf, type Paste } from './paste.ts';
import { useKeyboard } from './use-keyboard.ts';
import type { PasteQuestion } from './use-paste.ts';

const mostLines = 100;
const mostCharacters = 10_000;

interface Props {
  question: PasteQuestion;
  onPaste: (text: string, neverAsk: boolean) => void;
  onByHand: (text: string) => void;
  onClose: () => void;
}

/** Asks about a paste, or for one. */
export function PasteDialog({ question, onPaste, onByHand, onClose }: Props) {
  const { t } = useTranslation();
  const title = t(question.name === 'byHand' ? 'paste.byHand' : 'paste.sure');
  return (
    <Dialog title={title} onClose={onClose}>
      {question.name === 'byHand' ? (
        <ByHand onPaste={onByHand} />
      ) : (
        <Sure {...question} onPaste={onPaste} onCancel={onClose} />
      )}
    </Dialog>
  );
}

/** A modal dialog that closes by Escape; the keyboard is at what is marked `data-first`. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    // Closed before it is taken away, it gives the keyboard back.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      className="terminal-dialog"
      onClose={(event) => {
        // In React it bubbles: a dialog around the terminal would take it for its own.
        event.stopPropagation();
        onClose();
      }}
    >
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

function Sure({
  paste,
  isBracketed,
  onPaste,
  onCancel,
}: {
  paste: Paste;
  isBracketed: boolean;
  onPaste: Props['onPaste'];
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const keyboard = useKeyboard();
  const [converts, setConverts] = useState(false);
  const [neverAsk, setNeverAsk] = useState(false);
  const { text, lines, removed } = paste;
  const odd = oddIn(text, keyboard);
  const kinds = useOddKinds(odd);
  const pasted = converts ? converted(text, odd) : text;
  return (
    <form
      data-testid="paste-dialog"
      onSubmit={(event) => {
        event.preventDefault();
        onPaste(pasted, neverAsk);
      }}
    >
      {lines > 1 && <p>{t(isBracketed ? 'paste.bracketed' : 'paste.runsAtOnce', { n: lines })}</p>}
      {removed > 0 && <p className="banner">{t('paste.removed', { n: removed })}</p>}
      <Shown text={converts ? pasted : paste.raw} />
      {odd.length > 0 && (
        <label className="choice">
          <input
            type="checkbox"
            checked={converts}
            onChange={(event) => setConverts(event.target.checked)}
          />
          <span>{t('paste.convert', { kinds })}</span>
        </label>
      )}
      {lines > 1 && (
        <label className="choice">
          <input
            type="checkbox"
            checked={neverAsk}
            onChange={(event) => setNeverAsk(event.target.checked)}
          />
          <span>{t('paste.neverAsk')}</span>
        </label>
      )}
      <div className="row">
        <button
          type="submit"
          // An Enter that was meant for the shell must not run several lines unread.
          data-first={isBracketed && removed === 0 ? true : undefined}
          data-testid="paste-confirm"
        >
          {t('paste')}
        </button>
        <button type="button" className="quiet" data-testid="paste-cancel" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}

/** The lines of a paste with nothing hidden, numbered; the first of many. */
function Shown({ text }: { text: string }) {
  const { t } = useTranslation();
  const all = text.replace(/\n$/, '').split('\n');
  const shown = text.slice(0, mostCharacters).replace(/\n$/, '').split('\n').slice(0, mostLines);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to.
    <section className="paste-lines" tabIndex={0} aria-label={t('paste.lines')}>
      <ol>
        {shown.map((line, index) => (
          <li key={index}>
            <code>
              <Line text={line} />
            </code>
          </li>
        ))}
      </ol>
      {text.length > mostCharacters || all.length > mostLines ? (
        <p>{t('paste.more', { n: all.length, characters: text.length })}</p>
      ) : null}
    </section>
  );
}

/** A line with what is not seen, or not ASCII though it looks like it, marked. */
function Line({ text }: { text: string }) {
  const keyboard = useKeyboard();
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { at, character } of [...hiddenIn(text), ...oddIn(text, keyboard)].sort(
    (a, b) => a.at - b.at,
  )) {
    parts.push(text.slice(from, at), <mark key={at}>{nameOf(character)}</mark>);
    from = at + character.length;
  }
  return [...parts, text.slice(from)];
}

function ByHand({ onPaste }: { onPaste: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <form
      data-testid="paste-by-hand"
      onSubmit={(event) => {
        event.preventDefault();
        onPaste(text);
      }}
    >
      <p>{t('paste.byHandText')}</p>
      <textarea
        rows={4}
        data-first
        aria-label={t('paste.lines')}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={text === ''}>
        {t('paste')}
      </button>
    </form>
  );
}
