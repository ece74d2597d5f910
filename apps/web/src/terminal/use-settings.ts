import { useSyncExternalStore } from 'react';
import { onSettings, type TerminalSettings, terminalSettings } from './settings.ts';

/** The settings of terminals as they are now. */
export const useSettings = (): TerminalSettings =>
  useSyncExternalStore(onSettings, terminalSettings);
