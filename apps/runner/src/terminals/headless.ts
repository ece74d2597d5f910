import type { Terminal as Headless } from '@xterm/headless';
import { Drawing } from './draw.ts';
import type { Modes } from './modes.ts';
import type { Size } from './pty.ts';

/** Lines above the screen that a snapshot has. It is written out in one go: these take some 5 ms. */
const linesAbove = 400;
/** A slice of parsing: a neighbour's key waits for at most one. */
const sliceBytes = 16 * 1024;
/** In UTF-16. Every cell of the largest screen in colours of its own would be 6 MiB. */
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
      ...{ cols, rows, scrollback: linesAbove },
      // For the unicode version.
      allowProposedApi: true,
      // It would tell of every byte that means nothing, and a learner may print any.
      logLevel: 'off',
    });
    // Made for the page's terminal, whose interface is the same but for its element.
    terminal.loadAddon(new unicode.Unicode11Addon() as Parameters<typeof terminal.loadAddon>[0]);
    terminal.unicode.activeVersion = '11';
    return new HeadlessTerminal(terminal);
  }

  resize({ cols, rows }: Size): void {
    if (cols !== this.#terminal.cols || rows !== this.#terminal.rows)
      this.#terminal.resize(cols, rows);
  }

  /** Resolves when all is parsed; others get their turn in between. */
  async write(bytes: Buffer | string): Promise<void> {
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      const slice = bytes.slice(at, at + sliceBytes);
      await new Promise<void>((parsed) => this.#terminal.write(slice, parsed));
    }
  }

  /** What draws this screen on a cleared terminal of its size and leaves it with `modes`. */
  snapshot(modes: Modes): string {
    for (const above of [linesAbove, 0]) {
      const drawn = this.#draw(modes, above);
      if (drawn.length <= maxSnapshotLength) return drawn;
    }
    return '';
  }

  #draw(modes: Modes, above: number): string {
    const { rows, cols, buffer } = this.#terminal;
    const drawing = new Drawing(cols, buffer.active);
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
