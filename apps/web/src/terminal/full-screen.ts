import { useSyncExternalStore } from 'react';

/** The Keyboard Lock API (WICG), which Chromium has on pages that are secure. */
interface KeyboardLock {
  lock?: () => Promise<void>;
  unlock?: () => void;
}
const keyboard = (): KeyboardLock =>
  (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard ?? {};

/** Whether Ctrl+W and its kin go to the shell in full screen; elsewhere no page gets them. */
export const locksKeyboard = (): boolean => keyboard().lock !== undefined;

function subscribe(changed: () => void): () => void {
  document.addEventListener('fullscreenchange', changed);
  return () => document.removeEventListener('fullscreenchange', changed);
}

/** Whether something of the page has the whole screen. */
export const useIsFullScreen = (): boolean =>
  useSyncExternalStore(subscribe, () => document.fullscreenElement !== null);

/** Gives an element the whole screen and all keys, or takes them back. */
export async function toggleFullScreen(element: Element): Promise<void> {
  if (document.fullscreenElement) {
    keyboard().unlock?.();
    return document.exitFullscreen();
  }
  await element.requestFullscreen();
  // Without a list: Escape too is the shell's then, and is held down to leave.
  await keyboard().lock?.();
}
