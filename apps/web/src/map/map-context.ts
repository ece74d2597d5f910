import { createContext } from 'react';
import type { Facts } from './facts.ts';

/** What every part of a drawing depends on. */
export interface MapContext {
  facts: Facts;
  /** Item with the keyboard's place. */
  current: string;
  /** Process or area whose card is open or that is looked at. */
  selected: string | null;
  /** Processes that the lesson, a check or evidence points at. */
  pointedAt: ReadonlySet<string>;
  /** Namespaces that were not there a moment before. */
  fresh: ReadonlySet<number>;
  /** Moves without being opened. */
  look: (id: string | null) => void;
  open: (id: string) => void;
  setCurrent: (id: string) => void;
}

export const MapScene = createContext<MapContext | null>(null);
