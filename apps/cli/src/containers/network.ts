import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A network namespace of its own: what a Docker Engine makes of bridges stays in it, and nothing leads out. */
export class Network implements AsyncDisposable {
  /** Keeps the namespace; it ends with us, whatever ends us. */
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async open(): Promise<Network> {
    const script = 'ip link set lo up && echo up && exec cat';
    const command = ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-ec', script];
    const holder = spawn('setpriv', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (String(first).trim() !== 'up')
      throw new Error(`no network namespace can be made (${first})`);
    return new Network(holder);
  }

  /** A command line that runs in it. */
  inside(command: string[]): string[] {
    return ['nsenter', `--net=/proc/${this.#holder.pid}/ns/net`, '--', ...command];
  }

  /** Lends it a way out, by a process that opens connections for it: the host's own network is left as it is. */
  async withWayOut<T>(use: () => Promise<T>): Promise<T> {
    const readyFd = 3;
    const options = ['--configure', '--disable-host-loopback', `--ready-fd=${readyFd}`];
    const command = ['--pdeathsig', 'KILL', 'slirp4netns', ...options];
    const way = spawn('setpriv', [...command, String(this.#holder.pid), 'tap0'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const ended = once(way, 'exit');
    try {
      const ready = once(way.stdio[readyFd] as NodeJS.ReadableStream, 'data').then(() => true);
      if (!(await Promise.race([ready, ended.then(() => false)])))
        throw new Error('slirp4netns ended at once');
      return await use();
    } finally {
      way.kill('SIGTERM');
      await ended;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await ended;
  }
}
