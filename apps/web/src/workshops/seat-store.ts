import type { OwnSeat, SeatEvent, Session } from '@tatami/protocol';
import { useSyncExternalStore } from 'react';
import { keep, kept } from '../storage.ts';

/** This browser's seat; null: none, undefined: nobody has asked yet. */
interface Standing {
  seat: OwnSeat | null | undefined;
  /** The code to go on with in this seat, or without one. */
  code: string | undefined;
  /** Different browsers that have the seat open now. */
  browsers: number;
}

let standing: Standing = { seat: undefined, code: undefined, browsers: 1 };
const listeners = new Set<() => void>();

function set(next: Partial<Standing>): void {
  standing = { ...standing, ...next };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the page knows of its seat since the server was asked last. */
export const useSeat = (): Standing => useSyncExternalStore(subscribe, () => standing);

const ownCode = 'tatami.own-code';

/** The code of what was done in this browser without a seat, if anything was. */
export const keptOwnCode = (): string | null => kept(ownCode);

/** Everything on the page learns whose session it is now. */
export function noteSession(session: Session): Session {
  const { seat, resumeCode, labs } = session;
  if (!seat && labs.some(({ passed }) => passed > 0)) keep(ownCode, resumeCode);
  set({ seat, code: resumeCode });
  return session;
}

/** Everything on the page learns how the seat stands now. */
export const noteSeat = (event: SeatEvent): void => set(event);
