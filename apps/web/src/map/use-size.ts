import { type RefObject, useLayoutEffect, useState } from 'react';

const firstSize = { width: 640, height: 400 };
/** A scroll bar that comes and goes must not move everything. */
const stepPx = 16;

/** The inner size of an element as it changes. */
export function useSize(element: RefObject<HTMLElement | null>) {
  const [size, setSize] = useState(firstSize);
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(target);
      const inner =
        target.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      const width = Math.floor(inner / stepPx) * stepPx;
      const height = target.clientHeight;
      if (inner > 0)
        setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
