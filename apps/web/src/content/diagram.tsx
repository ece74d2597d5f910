/** Kana by their blocks: the long vowel sign and the middle dot belong to no script. */
const wide = /^[\p{Script=Han}\u3000-\u30ff\uff00-\uffef]$/u;

/**
 * A drawing in characters. Fonts disagree on how wide box lines and CJK are, so every character
 * outside ASCII gets its one or two columns by the style sheet.
 */
export function Diagram({
  id,
  lang,
  text,
  title,
}: {
  id?: string | undefined;
  /** Where it is not the lesson's. */
  lang?: string | undefined;
  text: string;
  title: string;
}) {
  const parts = text.match(/[\n -~]+|./gsu) ?? [];
  return (
    <figure id={id} lang={lang} tabIndex={id ? -1 : undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard */}
      <pre className="diagram" tabIndex={0}>
        {parts.map((part, index) =>
          /^[\n -~]/.test(part) ? (
            part
          ) : (
            <span key={index} className={wide.test(part) ? 'wide' : 'narrow'}>
              {part}
            </span>
          ),
        )}
      </pre>
      <figcaption>{title}</figcaption>
    </figure>
  );
}
