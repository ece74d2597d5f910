import type { ITheme } from '@xterm/xterm';

/** The sixteen colours that programs name by number (ECMA-48 SGR 30-37 and 90-97), in their order. */
export const ansiNames = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

const surfaces = [
  'background',
  'foreground',
  'cursor',
  'cursorAccent',
  'selectionBackground',
  'selectionInactiveBackground',
] as const;

/** What xterm.js calls its colours, and those behind what a search found: all of it, and the one looked at. */
export interface Theme extends Record<(typeof ansiNames)[number], string> {
  background: string;
  foreground: string;
  cursor: string;
  cursorAccent: string;
  selectionBackground: string;
  selectionInactiveBackground: string;
  found: string;
  foundNow: string;
}

export const themeNames = ['dark', 'light', 'contrast'] as const;
export type ThemeName = (typeof themeNames)[number];

/** Contrast that text needs (WCAG 2.2, 1.4.3). */
export const textContrast = 4.5;

/** Every colour can be read on its background, even "black" on the dark one: programs do write with it. */
export const themes: Record<ThemeName, Theme> = {
  dark: {
    background: '#161b1d',
    foreground: '#dfe3da',
    cursor: '#b8c97a',
    cursorAccent: '#161b1d',
    selectionBackground: '#2f3c43',
    selectionInactiveBackground: '#283237',
    found: '#3a3a1e',
    foundNow: '#4d3a10',
    black: '#a3aeb0',
    red: '#ee8d82',
    green: '#a9bf6a',
    yellow: '#d9b45b',
    blue: '#93b3e6',
    magenta: '#d3a4d5',
    cyan: '#7dbdb8',
    white: '#cfd4cb',
    brightBlack: '#b4bec0',
    brightRed: '#f4aaa1',
    brightGreen: '#c3d78a',
    brightYellow: '#ecca7c',
    brightBlue: '#b0caf2',
    brightMagenta: '#e2bde3',
    brightCyan: '#9dd5d0',
    brightWhite: '#f4f6f0',
  },
  light: {
    background: '#fbfaf5',
    foreground: '#22282a',
    cursor: '#4f6620',
    cursorAccent: '#fbfaf5',
    selectionBackground: '#dbe3ee',
    selectionInactiveBackground: '#e6e7e2',
    found: '#efe6b8',
    foundNow: '#f7d489',
    black: '#22282a',
    red: '#9c2a21',
    green: '#44581a',
    yellow: '#704800',
    blue: '#2c4a7c',
    magenta: '#7a3480',
    cyan: '#165854',
    white: '#4d5553',
    brightBlack: '#444c4a',
    brightRed: '#8a1f17',
    brightGreen: '#384a12',
    brightYellow: '#5f3d00',
    brightBlue: '#1f3c6d',
    brightMagenta: '#682570',
    brightCyan: '#0d4a46',
    brightWhite: '#3a413f',
  },
  contrast: {
    background: '#000000',
    foreground: '#ffffff',
    cursor: '#ffff00',
    cursorAccent: '#000000',
    selectionBackground: '#1d3b6e',
    selectionInactiveBackground: '#2c2c2c',
    found: '#3d3d00',
    foundNow: '#5a3600',
    black: '#b4b4b4',
    red: '#ff9d94',
    green: '#8fe388',
    yellow: '#ffe066',
    blue: '#a8c8ff',
    magenta: '#f0b0ff',
    cyan: '#7fe9e4',
    white: '#e6e6e6',
    brightBlack: '#c8c8c8',
    brightRed: '#ffb8b1',
    brightGreen: '#b4f5ae',
    brightYellow: '#fff0a0',
    brightBlue: '#c6dbff',
    brightMagenta: '#f7cfff',
    brightCyan: '#b0f7f3',
    brightWhite: '#ffffff',
  },
};

/** A theme as xterm.js takes it. */
export function xtermTheme(name: ThemeName): ITheme {
  const theme = themes[name];
  return Object.fromEntries([...surfaces, ...ansiNames].map((part) => [part, theme[part]]));
}

/** Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
