import { type KeyboardEvent, type RefObject, useCallback, useState } from 'react';
import type { Item } from './layout.ts';

/** One place for the keyboard among all items, moved by the arrow keys as in a tree. */
export function useRoving(
  root: RefObject<SVGSVGElement | null>,
  items: Item[],
  { open, close }: { open: (id: string) => void; close: (() => void) | null },
) {
  const [wanted, setCurrent] = useState('machine');
  const current = items.some(({ id }) => id === wanted) ? wanted : (items[0]?.id ?? '');
  const go = useCallback(
    (item: Item | undefined) => {
      if (!item) return;
      setCurrent(item.id);
      root.current?.querySelector<SVGElement>(`[data-item="${CSS.escape(item.id)}"]`)?.focus();
    },
    [root],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = items.findIndex(({ id }) => id === current);
    const item = items[at];
    if (!item) return;
    const isFold = item.type === 'row' && item.row.type !== 'process';
    const isOpen = isFold && item.row.type !== 'process' && item.row.opened;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(items[at + 1]),
      ArrowUp: () => go(items[at - 1]),
      ArrowRight: () => (isFold && !isOpen ? open(item.id) : go(items[at + 1])),
      ArrowLeft: () => (isOpen ? open(item.id) : go(aroundOf(item, items))),
      Home: () => go(items[0]),
      End: () => go(items.at(-1)),
      Enter: () => open(item.id),
      ' ': () => open(item.id),
      ...(close ? { Escape: close } : {}),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  return { current, setCurrent, onKeyDown };
}

/** The area that an item is in. */
function aroundOf(item: Item, items: Item[]): Item | undefined {
  const area = item.type === 'row' ? item.area : item.area.around;
  return items.find(({ id }) => id === area?.id);
}
