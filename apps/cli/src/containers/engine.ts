import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, until } from '@tatami/sandbox';
import { UserError } from '../user-error.ts';
import { leftovers } from './leftovers.ts';
import type { Network } from './network.ts';
import type { Programs } from './programs.ts';

const startTimeoutMs = 60_000;
const commandTimeoutMs = 120_000;
const stopTimeoutMs = 60_000;
/** As the script below exits when another engine works on the same images. */
const lockedStatus = 75;

/**
 * In a mount namespace of its own, so that no mount outlives it: containerd puts sockets below /run/containerd whatever
 * it is told. The lock lives as long as any process that was started here.
 */
const script = `
  mkdir -p /run/containerd && mount -t tmpfs -o mode=711 tmpfs /run/containerd
  exec 9>>"$1" && flock --nonblock 9 || exit ${lockedStatus}
  shift && exec "$@"`;

/** A Docker Engine started by hand, beside whatever else runs on the host. */
export class Engine implements AsyncDisposable {
  readonly network: Network;
  readonly #programs: Programs;
  readonly #child: ChildProcess;
  readonly #dir: string;
  #said = '';

  private constructor(
    child: ChildProcess,
    parts: { network: Network; programs: Programs; dir: string },
  ) {
    this.#child = child;
    this.network = parts.network;
    this.#programs = parts.programs;
    this.#dir = parts.dir;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-20_000);
    });
  }

  /** Images stay in `dataRoot`, all else goes. @throws UserError with the engine's own words when it does not come up. */
  static async start(network: Network, programs: Programs, dataRoot: string): Promise<Engine> {
    await mkdir(dataRoot, { recursive: true });
    const dir = await mkdtemp(join(tmpdir(), 'tatami-docker-'));
    // None of the host's settings.
    const config = join(dir, 'daemon.json');
    await writeFile(config, '{}');
    const options = [
      ...['--config-file', config, '--data-root', join(dataRoot, 'data')],
      ...['--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')],
      ...['--host', `unix://${join(dir, 'docker.sock')}`, '--group', 'root'],
      ...['--cgroup-parent', `/${cgroupOf(dir)}`, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
      ...['--storage-driver', 'overlay2', '--init-path', programs.init],
      // Ports are published by a process, so that no firewall is needed.
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
      // A host without CAP_SYS_RESOURCE cannot lower it.
      ...['--oom-score-adjust', '0'],
    ];
    const command = ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh'];
    const [file = '', ...args] = network.inside([
      ...['setpriv', '--pdeathsig', 'TERM', ...command, join(dataRoot, 'lock'), 'dockerd'],
      ...options,
    ]);
    const child = spawn(file, args, {
      env: { ...process.env, PATH: `${programs.path}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const engine = new Engine(child, { network, programs, dir });
    try {
      await engine.#ready();
    } catch (error) {
      await engine[Symbol.asyncDispose]().catch(() => undefined);
      throw error;
    }
    return engine;
  }

  async #ready(): Promise<void> {
    const answers = () =>
      this.docker(['version']).then(
        () => true,
        () => false,
      );
    await until(async () => this.#child.exitCode !== null || (await answers()), {
      what: 'the Docker Engine answers',
      everyMs: 100,
      timeoutMs: startTimeoutMs,
    }).catch((cause: Error) => {
      throw new UserError(`${cause.message}; the last it said:\n${this.#said}`, { cause });
    });
    if (this.#child.exitCode === lockedStatus)
      throw new UserError('another Docker Engine of this test runs; wait for it, or end it.');
    if (this.#child.exitCode !== null)
      throw new UserError(`the Docker Engine does not start; the last it said:\n${this.#said}`);
  }

  /** @throws with the client's own words when it fails. */
  docker(args: string[], options: { timeoutMs?: number } = {}): Promise<string> {
    return this.#run(['docker', ...args], { DOCKER_BUILDKIT: '0' }, options);
  }

  compose(
    args: string[],
    env: Record<string, string>,
    options: { timeoutMs?: number } = {},
  ): Promise<string> {
    return this.#run([...this.#programs.compose, ...args], env, options);
  }

  #run(
    command: string[],
    env: Record<string, string>,
    options: { timeoutMs?: number },
  ): Promise<string> {
    const all = {
      ...env,
      DOCKER_HOST: `unix://${join(this.#dir, 'docker.sock')}`,
      PATH: `${this.#programs.path}:${process.env.PATH}`,
    };
    const settings = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    return mustRun('env', [...settings, ...command], { timeoutMs: commandTimeoutMs, ...options });
  }

  /** Ends it with all its containers. @throws naming what is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
    }
    const left = await leftovers({ dir: this.#dir, cgroup: cgroupOf(this.#dir) });
    if (left.length > 0) throw new Error(`the Docker Engine left ${left.join(', ')}`);
    await rm(this.#dir, { recursive: true, force: true });
    // The place of the mount in the script above; whoever uses it has something in it.
    await rmdir('/run/containerd').catch(() => undefined);
  }
}

const cgroupOf = (dir: string): string => dir.slice(dir.lastIndexOf('/') + 1);
