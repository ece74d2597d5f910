import type { Account } from '@tatami/protocol';
import { useEffect, useSyncExternalStore } from 'react';
import { ApiError } from '../api.ts';
import { staffApi } from './staff-api.ts';

/** Who of the staff is signed in here; `null` is nobody, `undefined` not known yet. */
interface Standing {
  account: Account | null | undefined;
  error: unknown;
}

let standing: Standing = { account: undefined, error: null };
const listeners = new Set<() => void>();

function set(next: Standing): void {
  standing = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything on the page learns who is signed in now. */
export const setAccount = (account: Account | null): void => set({ account, error: null });

/** Whether an error says that nobody is signed in any more; then the page asks for it. */
export function isSignedOut(error: unknown): boolean {
  const signedOut = error instanceof ApiError && error.code === 'account.missing';
  if (signedOut) setAccount(null);
  return signedOut;
}

/** Who of the staff is signed in; asks the server once a page. */
export function useAccount(): Standing {
  const now = useSyncExternalStore(subscribe, () => standing);
  useEffect(() => {
    if (standing.account !== undefined) return;
    staffApi.account().then(setAccount, (error: unknown) => {
      if (!isSignedOut(error)) set({ account: undefined, error });
    });
  }, []);
  return now;
}
