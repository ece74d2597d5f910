import { z } from 'zod';
import { keep, kept } from '../storage.ts';
import { themeNames } from './themes.ts';

/** Font sizes in CSS pixels. */
export const fontSizes = { least: 9, usual: 14, most: 32 } as const;

/** How a learner wants terminals to be; a part that is broken or missing falls back alone. */
export const TerminalSettings = z.object({
  theme: z.enum(themeNames).catch('dark'),
  fontSizePx: z.int().min(fontSizes.least).max(fontSizes.most).catch(fontSizes.usual),
  /** Option sends Escape, as shells and editors expect of Meta, instead of the character of the layout. */
  optionIsMeta: z.boolean().catch(false),
  screenReader: z.boolean().catch(false),
  bellSounds: z.boolean().catch(false),
});
export type TerminalSettings = z.infer<typeof TerminalSettings>;

const name = 'tatami.terminal';

/** Settings from what was stored, whatever that is. */
export function readSettings(stored: string | null): TerminalSettings {
  try {
    return TerminalSettings.catch(TerminalSettings.parse({})).parse(JSON.parse(stored ?? '{}'));
  } catch {
    return TerminalSettings.parse({});
  }
}

let current: TerminalSettings | null = null;
const listeners = new Set<() => void>();

/** The settings that hold now; the same object until they change. */
export function terminalSettings(): TerminalSettings {
  current ??= readSettings(kept(name));
  return current;
}

/** Changes some settings, here and in all windows, for as long as the browser keeps them. */
export function changeSettings(change: Partial<TerminalSettings>): void {
  const next = TerminalSettings.safeParse({ ...terminalSettings(), ...change }).data;
  if (!next) return;
  current = next;
  keep(name, JSON.stringify(next));
  for (const listener of listeners) listener();
}

/** Makes the font larger or smaller by so many pixels, within its bounds; 0 makes it the usual one. */
export function stepFontSize(by: number): void {
  const { fontSizePx } = terminalSettings();
  const wanted = by === 0 ? fontSizes.usual : fontSizePx + by;
  changeSettings({ fontSizePx: Math.min(Math.max(wanted, fontSizes.least), fontSizes.most) });
}

/** Calls `changed` after each change of the settings, in whatever window. @returns what ends that. */
export function onSettings(changed: () => void): () => void {
  const fromOtherWindow = (event: StorageEvent) => {
    if (event.key !== name) return;
    current = readSettings(event.newValue);
    changed();
  };
  listeners.add(changed);
  addEventListener('storage', fromOtherWindow);
  return () => {
    listeners.delete(changed);
    removeEventListener('storage', fromOtherWindow);
  };
}
