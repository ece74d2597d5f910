import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const usual = {
  theme: 'dark',
  fontSizePx: 14,
  optionIsMeta: false,
  screenReader: false,
  bellSounds: false,
};

/** The module as a page that was just opened has it, in a browser whose storage is like this. */
async function opened(storage: { text?: string | null; refuses?: boolean }) {
  vi.resetModules();
  const refuse = () => {
    if (storage.refuses) throw new DOMException('denied', 'SecurityError');
  };
  vi.stubGlobal('localStorage', {
    getItem: () => {
      refuse();
      return storage.text ?? null;
    },
    setItem: (_: string, text: string) => {
      refuse();
      storage.text = text;
    },
  });
  return await import('./settings.ts');
}

let windowListeners: Map<string, (event: unknown) => void>;
beforeEach(() => {
  windowListeners = new Map();
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) =>
    windowListeners.set(type, listener),
  );
  vi.stubGlobal('removeEventListener', (type: string) => windowListeners.delete(type));
});
afterEach(() => vi.unstubAllGlobals());

describe('what was stored is read', () => {
  test.each([
    ['nothing', null, usual],
    ['no JSON', '{', usual],
    ['no object', '7', usual],
    ['null', 'null', usual],
    ['a list', '[]', usual],
    ['a part of it', '{"theme":"light"}', { ...usual, theme: 'light' }],
    [
      'with broken parts, which fall back alone',
      '{"theme":"pink","fontSizePx":4000,"screenReader":"yes","bellSounds":true}',
      { ...usual, bellSounds: true },
    ],
  ])('%s', async (_, text, settings) => {
    const { terminalSettings } = await opened({ text });
    expect(terminalSettings()).toEqual(settings);
  });
});

test('a change is kept, told, and the same object until the next', async () => {
  const storage = { text: null };
  const { changeSettings, onSettings, terminalSettings } = await opened(storage);
  const told = vi.fn();
  const end = onSettings(told);
  changeSettings({ theme: 'contrast' });
  expect(told).toHaveBeenCalledTimes(1);
  expect(JSON.parse(storage.text ?? '')).toEqual({ ...usual, theme: 'contrast' });
  expect(terminalSettings()).toBe(terminalSettings());
  end();
  changeSettings({ bellSounds: true });
  expect(told).toHaveBeenCalledTimes(1);
  expect(windowListeners.size).toBe(0);
});

test('where nothing can be stored, a change holds until the page is left', async () => {
  const { changeSettings, terminalSettings } = await opened({ refuses: true });
  expect(terminalSettings()).toEqual(usual);
  changeSettings({ screenReader: true });
  expect(terminalSettings().screenReader).toBe(true);
});

test('a change in another window is taken over, other storage is not looked at', async () => {
  const { onSettings, terminalSettings } = await opened({});
  const told = vi.fn();
  onSettings(told);
  windowListeners.get('storage')?.({ key: 'tatami.language', newValue: 'ja' });
  expect(told).not.toHaveBeenCalled();
  windowListeners.get('storage')?.({ key: 'tatami.terminal', newValue: '{"fontSizePx":20}' });
  expect(told).toHaveBeenCalledTimes(1);
  expect(terminalSettings().fontSizePx).toBe(20);
});

test('the font stays within its bounds', async () => {
  const { stepFontSize, terminalSettings } = await opened({ text: '{"fontSizePx":31}' });
  for (let n = 0; n < 3; n++) stepFontSize(1);
  expect(terminalSettings().fontSizePx).toBe(32);
  stepFontSize(0);
  expect(terminalSettings().fontSizePx).toBe(14);
  for (let n = 0; n < 9; n++) stepFontSize(-1);
  expect(terminalSettings().fontSizePx).toBe(9);
});
