import { useRef, useState } from 'react';

/** Sends one thing at a time. `send` does nothing while `mayNot` or something is under way. */
export function useSending(mayNot: boolean) {
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const underWay = useRef(false);
  const send = async (request: () => Promise<unknown>): Promise<void> => {
    // Not the state: a second click may come before the next drawing.
    if (underWay.current || mayNot) return;
    underWay.current = true;
    setSending(true);
    setError(null);
    await request().catch(setError);
    underWay.current = false;
    setSending(false);
  };
  return { sending, error, send };
}
