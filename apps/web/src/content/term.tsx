import { useContext, useEffect, useRef, useState } from 'react';
import { Content } from './content.tsx';
import { Japanese } from './japanese.tsx';
import { type Element, Lesson, text } from './lesson.ts';

/** A word of the glossary, explained on a click: as it is said here, in Japanese, in English. */
export function Term({ node }: { node: Element }) {
  const key = text(node.attributes.key);
  const entry = useContext(Lesson).glossary.find((one) => one.key === key);
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (!(event.target instanceof Node && place.current?.contains(event.target))) setOpen(false);
    };
    for (const type of ['pointerdown', 'focusin']) document.addEventListener(type, close);
    return () => {
      for (const type of ['pointerdown', 'focusin']) document.removeEventListener(type, close);
    };
  }, [open]);
  if (!entry) return <Content nodes={node.children} />;
  return (
    <span className="term" ref={place}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        {node.children.length > 0 ? <Content nodes={node.children} /> : entry.term}
      </button>
      {open && (
        <span className="popover" role="note">
          {entry.term !== entry.ja && <strong>{entry.term}</strong>}
          <span className="popover-words">
            <Japanese reading={entry.reading}>{entry.ja}</Japanese>
            {entry.term !== entry.en && (
              <>
                {' · '}
                <span lang="en">{entry.en}</span>
              </>
            )}
          </span>
          {entry.meaning}
        </span>
      )}
    </span>
  );
}
