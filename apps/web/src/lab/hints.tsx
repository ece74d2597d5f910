import type { Language } from '@tatami/protocol';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Hints from a nudge to almost the solution; each is offered once the one before has been read. */
export function Hints({ hints, lang }: { hints: string[]; lang: Language }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(0);
  const last = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The button that had the focus is gone.
    if (shown > 0 && shown === hints.length) last.current?.focus();
  }, [shown, hints.length]);
  const level = (index: number) => t('hint', { n: index + 1, total: hints.length });
  if (hints.length === 0) return null;
  return (
    <div className="hints">
      {hints.slice(0, shown).map((hint, index) => (
        <p key={index} ref={last} tabIndex={-1} data-testid="hint-text">
          <small>{level(index)}</small> <span lang={lang}>{hint}</span>
        </p>
      ))}
      {shown < hints.length && (
        <button
          type="button"
          className="link"
          data-testid="hint"
          onClick={() => setShown(shown + 1)}
        >
          {level(shown)}
        </button>
      )}
    </div>
  );
}
