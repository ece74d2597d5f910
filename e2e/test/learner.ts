import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import { LabPage } from './lab-page.ts';

/** What is done for an item of the checklist, and in which namespaces of their own the learner is then. */
export const works = {
  pid: {
    ...{ step: '01-unshare', check: 'unshare.pid1', kinds: ['pid', 'mnt'] },
    lines: ['sudo unshare --pid --fork --mount-proc /bin/bash'],
  },
  mount: {
    ...{ step: '02-namespaces', check: 'ns.mount', kinds: ['mnt'] },
    lines: [
      'sudo unshare --mount /bin/bash',
      'mkdir -p /tmp/myroot',
      'mount -t tmpfs none /tmp/myroot',
    ],
  },
  uts: {
    ...{ step: '02-namespaces', check: 'ns.uts', kinds: ['uts'] },
    lines: ['sudo unshare --uts /bin/bash', 'hostname container-001'],
  },
} as const;
export type Work = keyof typeof works;

/** What a learner's terminal said of the shell that proved an item, and between which moments it was proven. */
export interface Seen {
  work: Work;
  pid: string;
  /** As /proc names them, e.g. `uts:[4026532281]`. */
  namespaces: string[];
  from: number;
  until: number;
}

/** Somebody with a seat in a workshop. */
export class Learner {
  readonly name: string;
  readonly number: string;
  readonly page: Page;
  readonly lab: LabPage;
  readonly seen: Seen[] = [];

  constructor(nth: number, page: Page) {
    this.name = `Learner ${nth}`;
    this.number = `L-${nth}`;
    this.page = page;
    this.lab = new LabPage(page);
  }

  /** Fills in the join page, as far as its button. */
  async fillIn(code: string): Promise<void> {
    await this.page.goto(`/join/${code}`);
    const fields = this.page.locator('form').first().locator('input');
    await fields.nth(0).fill(this.name);
    await fields.nth(1).fill(this.number);
  }

  /** Takes the seat and starts the machine. */
  async join(): Promise<void> {
    await this.page.locator('form').first().locator('button[type="submit"]').click();
    await this.page.getByTestId('to-lesson').click();
    await expect.poll(() => this.lab.text('1'), { timeout: 60_000 }).toMatch(/@lab-host:~\$ $/);
  }

  /** Types a line into terminal 1 and waits for the next prompt of root. */
  async run(line: string): Promise<string> {
    await this.lab.type('1', `${line}\n`);
    let after = '';
    const answer = async () => {
      after = (await this.lab.text('1')).split(`# ${line}\n`).at(-1) ?? '';
      return after;
    };
    await expect.poll(answer, { timeout: 20_000 }).toMatch(/(^|\n)root@lab-host:[^\n]*# $/);
    return after;
  }

  async passes(check: string): Promise<void> {
    await expect(this.lab.check(check)).toHaveAttribute('data-status', 'passed', {
      timeout: 20_000,
    });
  }

  /** Proves an item with the lesson's commands, and reads what the kernel says of that shell. */
  async prove(work: Work): Promise<void> {
    const { step, check, lines } = works[work];
    await this.lab.openStep(step);
    const from = Date.now();
    for (const line of lines) await this.run(line);
    await this.look(work, check, from);
    await this.lab.type('1', 'exit\n');
    await this.lab.prompt('1');
  }

  /** Waits for the proof, and has the terminal print the shell's PID and namespaces. */
  async look(work: Work, check: string, from: number): Promise<void> {
    await this.passes(check);
    const until = Date.now();
    const { kinds } = works[work];
    const paths = kinds.map((kind) => `/proc/$$/ns/${kind}`).join(' ');
    const printed = await this.run(`echo $$ $(readlink ${paths})`);
    const [pid = '', ...namespaces] = printed.split('\n')[0]?.split(' ') ?? [];
    expect(namespaces).toHaveLength(kinds.length);
    this.seen.push({ work, pid, namespaces, from, until });
  }
}
