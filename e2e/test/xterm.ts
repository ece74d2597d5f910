/** The part of xterm.js's Terminal that tests read. */
export interface ReadableTerminal {
  buffer: {
    active: {
      /** Row of the screen's top within the scrollback. */
      baseY: number;
      cursorX: number;
      cursorY: number;
      getLine(y: number):
        | {
            isWrapped: boolean;
            translateToString(trimRight: boolean, start?: number, end?: number): string;
          }
        | undefined;
    };
  };
}
