import { type RefObject, useEffect } from 'react';
import type { DeedFacts, Facts } from './facts.ts';

/**
 * Brings into view where the terminal stands in which something was just done, unless somebody is reading
 * elsewhere in the drawing. Nothing to follow is `null`.
 */
export function useFollow(
  svg: RefObject<SVGSVGElement | null>,
  facts: Facts,
  last: DeedFacts | null,
  /** Names the room there is: it is looked for again when that changes. */
  room: string,
): void {
  const stands = [...facts.processes.values()].find(
    ({ process }) => last?.deed.terminal && process.terminals.includes(last.deed.terminal),
  );
  const item = stands?.process.id ?? last?.deed.process;
  const place = last && `${last.deed.at} ${item} ${stands?.area.id} ${room}`;
  useEffect(() => {
    if (place === null || item === undefined) return;
    if (svg.current?.contains(document.activeElement)) return;
    const row = svg.current?.querySelector(`[data-item="${CSS.escape(item)}"]`);
    row?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [svg, place, item]);
}
