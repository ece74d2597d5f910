import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Item, Layout } from './layout.ts';

const motionMs = 450;
/** More at once teach nothing and cost frames. */
const mostMoving = 60;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Moves what changed its place, grows what is new and returns what has gone, for as long as it fades.
 * Nothing of it happens for whoever wants no motion.
 */
export function useMotion(svg: RefObject<SVGSVGElement | null>, layout: Layout): Item[] {
  const before = useRef(new Map<string, Item>());
  const [leaving, setLeaving] = useState<Item[]>([]);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = new Map(layout.items.map((item) => [item.id, item]));
    if (old.size === 0 || still()) return;
    let moving = 0;
    for (const item of layout.items) {
      const was = old.get(item.id);
      const isSame =
        was &&
        was.x === item.x &&
        was.y === item.y &&
        was.width === item.width &&
        was.height === item.height;
      if (isSame || moving++ > mostMoving) continue;
      const element = svg.current?.querySelector(`[data-item="${CSS.escape(item.id)}"]`);
      if (element) animate(element, was, item);
    }
    const gone = [...old.values()].filter(({ id }) => !before.current.has(id));
    setLeaving(gone.slice(0, mostMoving));
  }, [svg, layout]);
  useEffect(() => {
    if (leaving.length === 0) return;
    const timer = setTimeout(() => setLeaving([]), motionMs);
    return () => clearTimeout(timer);
  }, [leaving]);
  return leaving;
}

function animate(element: Element, was: Item | undefined, item: Item): void {
  const options = { duration: motionMs, easing: 'ease-out' };
  const at = ({ x, y }: { x: number; y: number }) => `translate(${x}px, ${y}px)`;
  if (!was) {
    const small = `${at({ x: item.x + item.width / 2, y: item.y })} scale(0.2)`;
    element.animate(
      [
        { transform: small, opacity: 0 },
        { transform: at(item), opacity: 1 },
      ],
      options,
    );
    return;
  }
  element.animate([{ transform: at(was) }, { transform: at(item) }], options);
  if (item.type === 'area')
    element.querySelector('.map-area-box')?.animate(
      [was, item].map(({ width, height }) => ({ width: `${width}px`, height: `${height}px` })),
      options,
    );
}
