import { passOverExcess, writeInPieces } from '@tatami/protocol';
import type { Terminal as Headless } from '@xterm/headless';
import { Drawing } from './draw.ts';
import type { Modes } from './modes.ts';
import type { Size } from './pty.ts';

/** Of the lines above the screen that a snapshot has. It is written out in one go, which takes some 5 ms. */
const cellsAbove = 32_000;
/** In UTF-16. The largest screen with every cell in colours of its own would have 6 Mi; it loses them. */
const maxSnapshotLength = 512 * 1024;

/** A terminal that draws into memory, as the page's does on the screen. Made when one is needed: it is large. */
export class HeadlessTerminal {
  readonly #terminal: Headless;

  private constructor(terminal: Headless) {
    this.#terminal = terminal;
  }

  static async open({ cols, rows }: Size): Promise<HeadlessTerminal> {
    const [{ default: headless }, { default: unicode }] = await Promise.all([
      import('@xterm/headless'),
      import('@xterm/addon-unicode11'),
    ]);
    const terminal = new headless.Terminal({
      ...{ cols, rows, scrollback: Math.floor(cellsAbove / cols) },
      // For the unicode version.
      allowProposedApi: true,
      // It would tell of every byte that means nothing, and a learner may print any.
      logLevel: 'off',
    });
    // Made for the page's terminal, whose interface is the same but for its element.
    terminal.loadAddon(new unicode.Unicode11Addon() as Parameters<typeof terminal.loadAddon>[0]);
    terminal.unicode.activeVersion = '11';
    passOverExcess(terminal);
    // Links are not drawn, and each would be kept for as long as its line.
    terminal.parser.registerOscHandler(8, () => true);
    return new HeadlessTerminal(terminal);
  }

  resize({ cols, rows }: Size): void {
    if (cols !== this.#terminal.cols || rows !== this.#terminal.rows)
      this.#terminal.resize(cols, rows);
  }

  /** Resolves when all is parsed, or `goesOn` says that it is enough; others get their turn in between. */
  write(bytes: Buffer | string, goesOn?: () => boolean): Promise<void> {
    return writeInPieces(this.#terminal, bytes, goesOn);
  }

  /** What draws this screen on a cleared terminal of its size and leaves it with `modes`. */
  snapshot(modes: Modes): string {
    const above = Math.floor(cellsAbove / this.#terminal.cols);
    const drawn = this.#draw(modes, above, false);
    if (drawn.length <= maxSnapshotLength) return drawn;
    const screen = this.#draw(modes, 0, false);
    return screen.length <= maxSnapshotLength ? screen : this.#draw(modes, 0, true);
  }

  #draw(modes: Modes, above: number, isPlain: boolean): string {
    const { rows, cols, buffer } = this.#terminal;
    const drawing = new Drawing(cols, buffer.active, isPlain);
    drawing.lines(buffer.normal, rows, above);
    if (buffer.active.type === 'alternate') {
      // Which saves the cursor of the normal screen, to be put back by the end of this one.
      drawing.cursor(buffer.normal);
      drawing.as('0');
      drawing.text += '\x1b[?1049h\x1b[H';
      drawing.lines(buffer.alternate, rows, 0);
    }
    // The scroll region and the origin move the cursor.
    drawing.text += modes.placing;
    drawing.cursor(buffer.active, modes.topRow);
    drawing.as('0');
    return drawing.text + modes.others;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
