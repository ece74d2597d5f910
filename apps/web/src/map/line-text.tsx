import { shows } from './facts.ts';
import { type Font, fitted } from './text-width.ts';

interface Props {
  text: string;
  className: string;
  fontSize: number;
  x: number;
  /** Of the baseline. */
  y: number;
  width: number;
  facts?: string[];
  font?: Font;
}

/** Above and below the baseline, in sizes of its type. */
const ascent = 1.3;
const lineHeight = 1.8;

/**
 * A line that stays in its place: as much as fits by estimate, and cut at the edges for what no estimate
 * knows (marks that pile up, letters as wide as a word).
 */
export function LineText({
  text,
  className,
  fontSize,
  x,
  y,
  width,
  facts = [],
  font = 'plain',
}: Props) {
  const short = fitted(text, fontSize, width, font);
  const top = fontSize * ascent;
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: a window over one line; the item around it has the name
    <svg x={x} y={y - top} width={Math.max(1, width)} height={fontSize * lineHeight}>
      <text className={className} y={top} {...shows(...facts)}>
        {short}
        {short !== text && <title>{text}</title>}
      </text>
    </svg>
  );
}
