import type { ITerminalOptions } from '@xterm/xterm';

/** Latin glyphs are ours; the rest comes from the system, in fonts that are twice as wide for CJK. */
const fontFamily =
  '"JetBrains Mono Variable", "Noto Sans Mono CJK SC", "Noto Sans Mono CJK JP", "Sarasa Mono SC", "Microsoft YaHei", "DejaVu Sans Mono", monospace';

/** Terminals are dark in both themes, as production terminals are. */
export const terminalOptions: ITerminalOptions = {
  allowProposedApi: true,
  fontFamily,
  fontSize: 14,
  lineHeight: 1.2,
  scrollback: 5000,
  cursorBlink: false,
  theme: {
    background: '#161b1d',
    foreground: '#dfe3da',
    cursor: '#b8c97a',
    cursorAccent: '#161b1d',
    selectionBackground: '#3b4a52',
    black: '#2a3235',
    red: '#e2786c',
    green: '#a9bf6a',
    yellow: '#d9b45b',
    blue: '#86a9df',
    magenta: '#c795c9',
    cyan: '#7dbdb8',
    white: '#cfd4cb',
    brightBlack: '#7f8b8d',
    brightRed: '#f09a8f',
    brightGreen: '#c3d78a',
    brightYellow: '#ecca7c',
    brightBlue: '#a8c4ef',
    brightMagenta: '#ddb2de',
    brightCyan: '#9dd5d0',
    brightWhite: '#f4f6f0',
  },
};
