import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneRoot } from '../../paths.ts';

const startTimeoutMs = 240_000;

/** Tatami as `npm start` runs it, on a free port and in folders of its own. */
export class Product {
  readonly url: string;
  /** Of the process that started runner and server. */
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #dir: string;

  private constructor(url: string, child: ChildProcess, dir: string) {
    this.url = url;
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#dir = dir;
  }

  /** @throws with the product's own words when it does not come up. */
  static async start(options: {
    seats: number;
    /** Fills the folder that lessons are read from. */
    writeLabs: (dir: string) => Promise<void>;
    /** Further settings of runner and server. */
    env?: Record<string, string>;
  }): Promise<Product> {
    const dir = await mkdtemp(join(tmpdir(), 'tatami-bench-'));
    // The server's user and the sandboxes' roots pass through it.
    await chmod(dir, 0o755);
    const labs = join(dir, 'labs');
    await options.writeLabs(labs);
    const port = await freePort();
    const settings = ['--port', String(port), '--labs', labs];
    const folders = ['--data', join(dir, 'data'), '--run', join(dir, 'run')];
    const launcher = join(cloneRoot, 'apps/cli/bin/tatami.mjs');
    const fixed = {
      TATAMI_CONFIG: '',
      TATAMI_SEATS: String(options.seats),
      TATAMI_LOG_LEVEL: 'error',
    };
    // It ends with us, whatever ends us.
    const command = ['--pdeathsig', 'TERM', process.execPath, launcher, 'start'];
    const child = spawn('setpriv', [...command, ...settings, ...folders], {
      env: { ...process.env, ...options.env, ...fixed },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const product = new Product(`http://127.0.0.1:${port}`, child, dir);
    try {
      await ready(child);
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
    return product;
  }

  get dataDir(): string {
    return join(this.#dir, 'data');
  }

  /** Where its runner keeps what is gone after a boot. */
  get stateDir(): string {
    return join(this.#dir, 'run/runner');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    await rm(this.#dir, { recursive: true, force: true });
    if (this.#child.exitCode !== 0) throw new Error(`Tatami ended with ${this.#child.exitCode}`);
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let output = '';
  const timer = setTimeout(() => child.kill('SIGTERM'), startTimeoutMs);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('Tatami is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`Tatami ended with ${code}: ${output}`)));
  }).finally(() => clearTimeout(timer));
}

/** One that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
