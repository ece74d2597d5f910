import type { MapDeed } from '@tatami/protocol';
import { type RefObject, useEffect } from 'react';

/** Brings what was just done into view, unless somebody is reading elsewhere in the drawing. */
export function useFollow(svg: RefObject<SVGSVGElement | null>, deed: MapDeed | null): void {
  const place = deed && `${deed.process} ${deed.what} ${deed.at}`;
  const process = deed?.process ?? '';
  useEffect(() => {
    if (place === null || svg.current?.contains(document.activeElement)) return;
    const row = svg.current?.querySelector(`[data-item="${CSS.escape(process)}"]`);
    row?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [svg, place, process]);
}
