import unicode from '@xterm/addon-unicode11';
import headless, { type IBufferLine } from '@xterm/headless';

/** What terminals show and do is compared by this. */
export interface Drawn {
  lines: string[];
  cursor: [number, number];
  buffer: string;
  modes: object;
  /** Colours and the like, a line each. */
  looks: string[];
}

/** Draws output in a terminal of this size, and tells what it shows and which modes it is in. */
export async function drawnAs(
  { cols, rows }: { cols: number; rows: number },
  output: (Buffer | string)[],
): Promise<Drawn> {
  const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, logLevel: 'off' });
  terminal.loadAddon(new unicode.Unicode11Addon() as Parameters<typeof terminal.loadAddon>[0]);
  terminal.unicode.activeVersion = '11';
  for (const part of output) await new Promise<void>((done) => terminal.write(part, done));
  const { active } = terminal.buffer;
  const drawn: Drawn = {
    lines: [],
    looks: [],
    cursor: [active.cursorX, active.cursorY],
    buffer: active.type,
    modes: { ...terminal.modes },
  };
  for (let row = 0; row < rows; row++) {
    const line = active.getLine(active.baseY + row);
    drawn.lines.push(line?.translateToString(true) ?? '');
    drawn.looks.push(looksOf(line, cols));
  }
  terminal.dispose();
  return drawn;
}

/** A line's cells by their look, each look with the column where it begins. */
function looksOf(line: IBufferLine | undefined, cols: number): string {
  const looks: string[] = [];
  let before = '';
  for (let col = 0; col < cols; col++) {
    const cell = line?.getCell(col);
    const look = cell
      ? [
          ...[cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()],
          ...[cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()],
        ].join(',')
      : '';
    if (look !== before) looks.push(`${col}: ${look}`);
    before = look;
  }
  return looks.join('; ');
}
