/** The part of xterm.js's Terminal that tests read. */
export interface ReadableTerminal {
  cols: number;
  rows: number;
  options: { fontSize?: number; theme?: { background?: string } };
  modes: { bracketedPasteMode: boolean };
  buffer: {
    active: {
      /** Row of the screen's top within the scrollback. */
      baseY: number;
      cursorX: number;
      cursorY: number;
      getLine(y: number):
        | {
            isWrapped: boolean;
            getCell(x: number): { getChars(): string; getWidth(): number } | undefined;
            translateToString(trimRight: boolean, start?: number, end?: number): string;
          }
        | undefined;
    };
  };
}
