import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSandboxes, openHost, type Sandbox, type SandboxHost } from '@tatami/sandbox';
import { cloneRoot } from '../../paths.ts';
import { prepareImage } from '../../prepare/image.ts';
import { prepareNative } from '../../prepare/native.ts';
import { adoptSandbox, bringFile } from '../adopted-sandbox.ts';
import { Product } from '../judge/product.ts';
import { Learner } from './learner.ts';
import { asShown, mixedStream } from './mixed-stream.ts';
import { familyOf } from './processes.ts';

const streamBytes = 16 * 1024 * 1024;
/** Those at work in the other parts, and whom the bench makes to compare with. */
const seats = 210;

/** Where a machine of the product has the stream. */
export const streamPath = '/var/tmp/stream';

/** Tatami as `npm start` runs it, and what is printed in it and in its peers. */
export class Stand {
  readonly product: Product;
  readonly host: SandboxHost;
  readonly server: number;
  readonly runner: number;
  /** On the host. */
  readonly streamPath: string;
  /** As a terminal shows it. */
  readonly shown: Buffer;
  readonly #dir: string;
  #learners = 0;

  private constructor(
    product: Product,
    host: SandboxHost,
    pids: { server: number; runner: number },
    stream: { dir: string; path: string; shown: Buffer },
  ) {
    this.product = product;
    this.host = host;
    this.server = pids.server;
    this.runner = pids.runner;
    this.streamPath = stream.path;
    this.shown = stream.shown;
    this.#dir = stream.dir;
  }

  static async build(): Promise<Stand> {
    const product = await Product.start({
      seats,
      writeLabs: (dir) => cp(join(cloneRoot, 'labs'), dir, { recursive: true }),
      // No machine is made ahead, so that the newest is the one that was asked for.
      env: { TATAMI_WARM: '0', TATAMI_TRUST_PROXY: '127.0.0.1' },
    });
    try {
      const { stateDir, pid } = product;
      const host = await openHost({
        native: await prepareNative(),
        rootfs: await prepareImage(),
        ...{ stateDir, seats },
      });
      const family = await familyOf(pid);
      const pidOf = (name: string) => {
        const found = family.find(({ command }) => command.split('\0')[1]?.endsWith(`/${name}`));
        if (!found) throw new Error(`the product has no ${name}`);
        return found.pid;
      };
      const pids = { server: pidOf('server.mjs'), runner: pidOf('runner.mjs') };
      const stream = mixedStream(streamBytes);
      const dir = await mkdtemp(join(tmpdir(), 'tatami-stream-'));
      const path = join(dir, 'stream');
      await writeFile(path, stream);
      return new Stand(product, host, pids, { dir, path, shown: asShown(stream) });
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A new learner, and the way into the machine from outside, where the stream lies at {@link streamPath}. */
  async newLearner(): Promise<{ learner: Learner; sandbox: Sandbox }> {
    const before = new Set(await findSandboxes(this.host));
    const learner = await this.newSession();
    const id = (await findSandboxes(this.host)).find((one) => !before.has(one));
    if (!id) throw new Error('the new machine is not to be found');
    const sandbox = await adoptSandbox(this.host, id);
    await bringFile(sandbox, this.streamPath, streamPath);
    return { learner, sandbox };
  }

  /** A new learner. */
  newSession(): Promise<Learner> {
    return Learner.begin(this.product.url, ++this.#learners);
  }

  /** Runner, server, and what hands browsers from one to the other. */
  async processes(): Promise<number[]> {
    const doors = (await familyOf(this.runner)).filter(({ command }) =>
      command.split('\0')[0]?.endsWith('/tatami-handoff'),
    );
    return [this.runner, ...doors.map(({ pid }) => pid), ...(await this.serverProcesses())];
  }

  async serverProcesses(): Promise<number[]> {
    return (await familyOf(this.server)).map(({ pid }) => pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
    await this.product[Symbol.asyncDispose]();
  }
}
