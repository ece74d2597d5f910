import { type RefObject, useLayoutEffect, useState } from 'react';

const firstWidth = 640;
/** A scroll bar that comes and goes must not move everything. */
const stepPx = 16;

/** The inner width of an element as it changes. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(firstWidth);
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(target);
      const inner =
        target.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      if (inner > 0) setWidth(Math.floor(inner / stepPx) * stepPx);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
