import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Where a click on a link leads within this site; null when it is the browser's to follow. */
function pathOf(event: MouseEvent): string | null {
  const { button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented, target } = event;
  if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey || defaultPrevented) return null;
  const link = target instanceof Element ? target.closest('a') : null;
  if (!link || link.target || link.origin !== location.origin) return null;
  return link.hash || link.search ? null : link.pathname;
}

/** Opens another page of this site; with `replace`, Back does not lead to the one before. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path);
  else if (path !== location.pathname) history.pushState(null, '', path);
  tell();
  scrollTo(0, 0);
}

/** From now on links to pages of this site do not load the program anew. */
export function installNavigation(isPage: (path: string) => boolean): void {
  addEventListener('popstate', tell);
  addEventListener('click', (event) => {
    const path = pathOf(event);
    if (path === null || !isPage(path)) return;
    event.preventDefault();
    go(path);
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A part of an address as it is meant; as it stands when it is not encoded properly. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function subscribeToHash(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** What is behind the `#` of the address, which a pasted link changes without loading the page anew. */
export const useHash = (): string =>
  useSyncExternalStore(subscribeToHash, () => location.hash.slice(1));

/** The path of the page that is open. */
export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);
