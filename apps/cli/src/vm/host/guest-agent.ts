import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '@tatami/sandbox';

/** What a script in the machine came to; `output` has both of its streams. */
export interface Ran {
  status: number;
  output: string;
}

/** Runs scripts as root in a virtual machine, by images/vm/host's tatami-vm-agent at its second serial line. */
export class GuestAgent {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  /** Connects while the machine starts: what its agent says to nobody is lost. */
  static async connect(path: string): Promise<GuestAgent> {
    let socket: Socket | undefined;
    const connects = async () => {
      const attempt = connect(path);
      attempt.on('error', () => undefined);
      try {
        await once(attempt, 'connect');
        socket = attempt;
        return true;
      } catch {
        return false;
      }
    };
    await until(connects, { what: 'the virtual machine has a second serial line' });
    return new GuestAgent(socket as Socket);
  }

  /** Resolves when the machine has come so far that it answers. */
  async ready(): Promise<void> {
    while ((await this.#next()) !== 'ready');
  }

  /** One at a time. @throws when the machine ends before it has answered. */
  async run(script: string): Promise<Ran> {
    this.#socket.write(`${Buffer.from(script).toString('base64')}\n`);
    const [status = '', output = ''] = (await this.#next()).split(' ');
    return { status: Number(status), output: Buffer.from(output, 'base64').toString() };
  }

  /** Switches the machine off. */
  off(): void {
    this.#socket.write(`${Buffer.from('systemctl poweroff --no-block').toString('base64')}\n`);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #next(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error('the virtual machine ended');
    return value;
  }
}
