import { useEffect, useRef } from 'react';

/**
 * Has the browser ask before this page is left, while `asks` says so: Ctrl+W is "delete a word" to a
 * shell, and pages are not told of it.
 */
export function useLeaveGuard(isOn: boolean, asks: () => boolean): void {
  const now = useRef(asks);
  now.current = asks;
  useEffect(() => {
    // Only while there is something to guard: some browsers keep no page in memory that listens.
    if (!isOn) return;
    const guard = (event: BeforeUnloadEvent) => {
      if (now.current()) event.preventDefault();
    };
    addEventListener('beforeunload', guard);
    return () => removeEventListener('beforeunload', guard);
  }, [isOn]);
}
