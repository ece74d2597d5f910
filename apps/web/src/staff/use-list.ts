import { useCallback, useEffect, useState } from 'react';
import { isSignedOut } from './use-account.ts';

/** What the server lists, and a way to act on it: each act is followed by the list as it is then. */
export function useList<T>(load: () => Promise<T[]>) {
  const [items, setItems] = useState<T[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const act = useCallback(
    async (what: () => Promise<unknown>) => {
      setBusy(true);
      setError(null);
      try {
        await what();
        setItems(await load());
      } catch (cause) {
        if (!isSignedOut(cause)) setError(cause);
      } finally {
        setBusy(false);
      }
    },
    [load],
  );
  useEffect(() => void act(async () => undefined), [act]);
  return { items, error, busy, act };
}
