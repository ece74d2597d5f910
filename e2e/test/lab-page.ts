import { expect, type Locator, type Page } from '@playwright/test';

export const labId = '03-unshare-nsenter';
type Terminals = { tatami?: { terminals: Map<string, import('./xterm.ts').ReadableTerminal> } };

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
