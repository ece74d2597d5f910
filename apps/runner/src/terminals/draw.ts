import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';

const paletteOf16 = 1 << 24;

/**
 * Writes lines of a terminal as the output that draws them on a cleared one of the same size.
 * (@xterm/addon-serialize loses the background of cells that were erased, and the look of the last line
 * of the normal screen goes on into the alternate one.)
 */
export class Drawing {
  readonly #cols: number;
  readonly #cell: IBufferCell;
  readonly #isPlain: boolean;
  #look = '0';
  text = '';

  /** @param isPlain leaves colours and attributes out. */
  constructor(cols: number, buffer: IBuffer, isPlain: boolean) {
    this.#cols = cols;
    this.#cell = buffer.getNullCell();
    this.#isPlain = isPlain;
  }

  /** The last lines of `buffer`: its screen, and so many above it. */
  lines(buffer: IBuffer, rows: number, above: number): void {
    const first = Math.max(0, buffer.baseY - above);
    const last = buffer.baseY + rows - 1;
    for (let row = first; row <= last; row++) {
      const line = buffer.getLine(row);
      const next = row < last ? buffer.getLine(row + 1) : undefined;
      if (line) this.#line(line, next?.isWrapped ? next : undefined);
      if (next && !next.isWrapped) this.#newLine();
    }
  }

  /** Puts the cursor where it is in `buffer`, counted from row `top`; behind a full line it stays there. */
  cursor(buffer: IBuffer, top = 0): void {
    const { cursorX, cursorY } = buffer;
    const line = buffer.getLine(buffer.baseY + cursorY);
    const full = cursorX >= this.#cols && line !== undefined;
    const wide = full && line.getCell(this.#cols - 1)?.getWidth() === 0;
    const col = full ? this.#cols - (wide ? 2 : 1) : cursorX;
    this.text += `\x1b[${cursorY - top + 1};${col + 1}H`;
    if (!full) return;
    line.getCell(col, this.#cell);
    this.as(lookOf(this.#cell));
    this.text += this.#cell.getChars() || ' ';
  }

  /** What follows has this look, in parameters of SGR. */
  as(look: string): void {
    if (look === this.#look || this.#isPlain) return;
    this.#look = look;
    this.text += `\x1b[${look}m`;
  }

  /** @param wraps the next line when it carries on this one. */
  #line(line: IBufferLine, wraps: IBufferLine | undefined): void {
    // A wide character that did not fit left the last column empty.
    const early = wraps?.getCell(0)?.getWidth() === 2 && this.#emptyLook(line, this.#cols - 1);
    const cols = early ? this.#cols - 1 : this.#cols;
    for (let col = 0; col < cols; ) {
      const look = wraps ? undefined : this.#emptyLook(line, col);
      if (look === undefined) {
        line.getCell(col, this.#cell);
        this.as(lookOf(this.#cell));
        this.text += this.#cell.getChars() || ' ';
        col += this.#cell.getWidth() || 1;
      } else {
        const from = col;
        while (col < cols && this.#emptyLook(line, col) === look) col++;
        this.#erased(look, col - from, line.isWrapped);
        if (col < cols) this.text += `\x1b[${col - from}C`;
      }
    }
  }

  /** What scrolls in has the background that is on. */
  #newLine(): void {
    this.as('0');
    this.text += '\r\n';
  }

  /** Not blanks: those would be copied. On a line that began with a wrap nothing is known to be empty. */
  #erased(look: string, cells: number, must: boolean): void {
    if (look === '0' && !must) return;
    this.as(look);
    this.text += `\x1b[${cells}X`;
  }

  /** The look of a cell in which nothing is; undefined when something is. */
  #emptyLook(line: IBufferLine, col: number): string | undefined {
    const cell = line.getCell(col, this.#cell);
    return !cell || (cell.getChars() === '' && cell.getWidth() > 0)
      ? lookOf(this.#cell)
      : undefined;
  }
}

/** A cell's colours and attributes as parameters of SGR that hold alone. */
function lookOf(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return '0';
  const codes = [0];
  if (cell.isBold()) codes.push(1);
  if (cell.isDim()) codes.push(2);
  if (cell.isItalic()) codes.push(3);
  if (cell.isUnderline()) codes.push(4);
  if (cell.isBlink()) codes.push(5);
  if (cell.isInverse()) codes.push(7);
  if (cell.isInvisible()) codes.push(8);
  if (cell.isStrikethrough()) codes.push(9);
  if (cell.isOverline()) codes.push(53);
  if (!cell.isFgDefault()) codes.push(...colour(cell.getFgColorMode(), cell.getFgColor(), 30));
  if (!cell.isBgDefault()) codes.push(...colour(cell.getBgColorMode(), cell.getBgColor(), 40));
  return codes.join(';');
}

/** @param first 30 for the foreground, 40 for the background. */
function colour(mode: number, value: number, first: number): number[] {
  if (mode === paletteOf16) return [value < 8 ? first + value : first + 52 + value];
  if (mode === 2 * paletteOf16) return [first + 8, 5, value];
  return [first + 8, 2, (value >> 16) & 255, (value >> 8) & 255, value & 255];
}
