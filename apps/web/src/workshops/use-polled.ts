import { useCallback, useEffect, useState } from 'react';
import { isSignedOut } from '../staff/use-account.ts';

/**
 * What the server says, asked again every so often; what an act answers is shown at once. `error`: of the last question, else
 * of the last act, which no later question takes away.
 */
export function usePolled<T>(load: () => Promise<T>, everyMs: number) {
  const [value, setValue] = useState<T | null>(null);
  const [pollError, setPollError] = useState<unknown>(null);
  const [actError, setActError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const take = useCallback(async (answer: Promise<T>, setError: (error: unknown) => void) => {
    try {
      setValue(await answer);
      setError(null);
    } catch (cause) {
      if (!isSignedOut(cause)) setError(cause);
    }
  }, []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const again = async () => {
      if (document.visibilityState === 'visible') await take(load(), setPollError);
      if (!over) timer = setTimeout(() => void again(), everyMs);
    };
    void again();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [load, everyMs, take]);
  const act = useCallback(
    async (answer: Promise<T>) => {
      setBusy(true);
      await take(answer, setActError);
      setBusy(false);
    },
    [take],
  );
  return { value, error: pollError ?? actError, busy, act };
}
