import { expect, type Locator, type Page } from '@playwright/test';
import type { ReadableTerminal } from './xterm.ts';

export const labId = '03-unshare-nsenter';
/** What the page shows of itself to tests. */
export type Terminals = { tatami?: { terminals: Map<string, ReadableTerminal> } };

/** The lab page as a learner uses it. */
export class LabPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the lab and waits for the first prompt. */
  async open(): Promise<void> {
    await this.page.goto(`/labs/${labId}`);
    await this.prompt('1');
  }

  async prompt(terminal: string): Promise<void> {
    await this.shows(terminal, /learner@lab-host:~\$ $/);
  }

  /** The text of a terminal from its scrollback to the cursor, wrapped lines joined. */
  text(terminal: string): Promise<string> {
    return this.page.evaluate((id) => {
      const buffer = (window as unknown as Terminals).tatami?.terminals.get(id)?.buffer.active;
      if (!buffer) return '';
      const last = buffer.baseY + buffer.cursorY;
      let text = '';
      for (let y = 0; y <= last; y++) {
        const line = buffer.getLine(y);
        if (y > 0 && !line?.isWrapped) text += '\n';
        text +=
          y === last
            ? line?.translateToString(false, 0, buffer.cursorX)
            : line?.translateToString(!buffer.getLine(y + 1)?.isWrapped);
      }
      return text;
    }, terminal);
  }

  async shows(terminal: string, pattern: RegExp): Promise<void> {
    await expect.poll(() => this.text(terminal), { timeout: 10_000 }).toMatch(pattern);
  }

  /** Types by keyboard into a terminal. */
  async type(terminal: string, text: string): Promise<void> {
    await this.page.getByTestId(`terminal-${terminal}`).click();
    await this.page.keyboard.type(text, { delay: 5 });
  }

  /** What is around the terminal that is shown. */
  get pane(): Locator {
    return this.page.getByRole('tabpanel');
  }

  /** Reads something of a terminal in the page. */
  read<T>(terminal: string, look: (terminal: ReadableTerminal) => T): Promise<T> {
    return this.page.evaluate(
      ([id, source]) => {
        const found = (window as unknown as Terminals).tatami?.terminals.get(id);
        if (!found) throw new Error(`no terminal ${id}`);
        return new Function('terminal', `return (${source})(terminal)`)(found);
      },
      [terminal, String(look)] as const,
    ) as Promise<T>;
  }

  /** Where a text stands on the screen of terminal 1, in CSS pixels of the page. */
  async placeOf(text: string): Promise<{ x: number; y: number }> {
    const box = await this.page.getByTestId('terminal-1').locator('.xterm-screen').boundingBox();
    const { cols, rows, lines } = await this.read('1', (terminal) => {
      const { active } = terminal.buffer;
      const shown = Array.from({ length: terminal.rows }, (_, y) =>
        active.getLine(active.baseY + y)?.translateToString(true),
      );
      return { cols: terminal.cols, rows: terminal.rows, lines: shown };
    });
    const row = lines.findLastIndex((line) => line?.includes(text));
    const column = lines[row]?.indexOf(text) ?? -1;
    if (!box || column < 0) throw new Error(`"${text}" is not shown`);
    return {
      x: box.x + ((column + text.length / 2) * box.width) / cols,
      y: box.y + ((row + 0.5) * box.height) / rows,
    };
  }

  /** Pastes by the keyboard, as from another program. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((copied) => {
      const set = (event: ClipboardEvent) => {
        event.clipboardData?.setData('text/plain', copied);
        event.preventDefault();
        event.stopImmediatePropagation();
      };
      addEventListener('copy', set, { capture: true, once: true });
      document.execCommand('copy');
      removeEventListener('copy', set, { capture: true });
    }, text);
    await this.page.keyboard.press('Control+v');
  }

  check(id: string): Locator {
    return this.page.getByTestId(`check-${id}`);
  }

  reason(id: string): Locator {
    return this.page.getByTestId(`check-reason-${id}`);
  }

  get connection(): Locator {
    return this.page.getByTestId('connection-state');
  }

  async openStep(id: string): Promise<void> {
    await this.page.getByTestId(`step-nav-${id}`).click();
    await expect(this.page.getByTestId(`step-nav-${id}`)).toHaveAttribute('aria-current', 'step');
  }

  /** Has the solution of a check typed. */
  async solve(id: string): Promise<void> {
    await this.check(id).getByTestId('solve').click();
    await this.check(id).getByTestId('solve-confirm').click();
  }

  /** Makes the first check of the quick start true. */
  async passQuickstart(): Promise<void> {
    await this.type('1', 'sudo unshare --pid --fork --mount-proc /bin/bash\n');
    await expect(this.check('quickstart.pid1')).toHaveAttribute('data-status', 'passed');
  }

  /** Closes the learner's machine, as the idle limit would. */
  async closeMachine(): Promise<void> {
    if (!this.page.url().startsWith('http')) return;
    await this.page.evaluate(
      (lab) => fetch(`/api/labs/${lab}/machine`, { method: 'DELETE' }).then(() => undefined),
      labId,
    );
  }
}
