import { describe, expect, test } from 'vitest';
import { ansiNames, contrast, textContrast, themeNames, themes, xtermTheme } from './themes.ts';

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#ffffff', '#777777')).toBeCloseTo(4.48, 2);
  expect(contrast('#123456', '#123456')).toBe(1);
});

describe.each(themeNames)('%s', (name) => {
  const theme = themes[name];
  const behind = [
    'background',
    'selectionBackground',
    'selectionInactiveBackground',
    'found',
    'foundNow',
  ] as const;
  test.each(behind)('every colour can be read on its %s', (surface) => {
    const unreadable = [...ansiNames, 'foreground' as const]
      .map((colour) => ({ colour, ratio: contrast(theme[colour], theme[surface]) }))
      .filter(({ ratio }) => ratio < textContrast);
    expect(unreadable).toEqual([]);
  });

  test('the cursor can be seen, and the character under it read', () => {
    expect(contrast(theme.cursor, theme.background)).toBeGreaterThanOrEqual(3);
    expect(contrast(theme.cursor, theme.cursorAccent)).toBeGreaterThanOrEqual(textContrast);
  });

  test('a selection and what was found can be told from the rest', () => {
    for (const surface of behind.slice(1))
      expect(contrast(theme[surface], theme.background)).toBeGreaterThan(1.15);
  });

  test('xterm.js is given the colours it knows, and no others', () => {
    expect(Object.keys(xtermTheme(name))).toHaveLength(ansiNames.length + 6);
    expect(Object.values(xtermTheme(name)).every((colour) => /^#[0-9a-f]{6}$/.test(colour))).toBe(
      true,
    );
  });
});
