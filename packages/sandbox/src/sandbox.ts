import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tatami/protocol';
import { capabilityMask } from './capabilities.ts';
import { boundsSwap, SandboxCgroups } from './cgroups.ts';
import { type CommandResult, mustRun, runCommand } from './command.ts';
import { runcRoot, type SandboxHost, sandboxDir } from './host.ts';
import { detach } from './mounts.ts';
import { ociConfig } from './oci-config.ts';
import { isAlive, readStartTime } from './processes.ts';

/** Who a command inside runs as. */
export interface InsideUser {
  name: string;
  uid: number;
  home: string;
}
export const learner: InsideUser = { name: 'learner', uid: 1000, home: '/home/learner' };
export const insideRoot: InsideUser = { name: 'root', uid: 0, home: '/root' };

/** A host command line that enters the sandbox. */
export interface EnterCommand {
  file: string;
  args: string[];
}

/** One small Linux machine. It exists from {@link createSandbox} until `close` has resolved. */
export class Sandbox {
  readonly id: string;
  readonly base: number;
  readonly cgroups: SandboxCgroups;
  /** PID 1 of the machine, in the host's pid namespace. */
  readonly initPid: number;
  readonly #initStart: string;
  readonly #host: SandboxHost;
  #closing: Promise<void> | undefined;

  constructor(
    host: SandboxHost,
    parts: { id: string; base: number; initPid: number; initStart: string },
  ) {
    this.#host = host;
    this.id = parts.id;
    this.base = parts.base;
    this.initPid = parts.initPid;
    this.#initStart = parts.initStart;
    this.cgroups = new SandboxCgroups(host.cgroups, parts.id);
  }

  /** False once its PID 1 has ended, by itself or killed for want of memory. */
  get isAlive(): boolean {
    return isAlive(this.initPid, this.#initStart);
  }

  /** The command line that runs `argv` inside; with `tty` it wants a terminal as its standard streams. */
  enterCommand(
    argv: string[],
    options: { user: InsideUser; tty: boolean; env?: Record<string, string> },
  ): EnterCommand {
    const { user } = options;
    const env = {
      HOME: user.home,
      USER: user.name,
      LOGNAME: user.name,
      SHELL: '/bin/bash',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      ...(options.tty ? { TERM: 'xterm-256color', COLORTERM: 'truecolor' } : {}),
      ...options.env,
    };
    return {
      file: this.#host.native.bin,
      args: [
        'enter',
        ...['--pid', String(this.initPid), '--start', this.#initStart, '--base', String(this.base)],
        ...[
          '--uid',
          String(user.uid),
          '--gid',
          String(user.uid),
          '--caps',
          capabilityMask,
          '--cwd',
          user.home,
        ],
        ...(options.tty ? ['--tty'] : []),
        ...this.cgroups.procsFiles.flatMap((file) => ['--cgroup', file]),
        ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        '--',
        ...argv,
      ],
    };
  }

  /**
   * Runs a shell script inside without a terminal, as root unless told. Its status is the script's. What
   * it leaves running lives on, unless the script itself took too long: then nothing that it runs does.
   */
  async exec(
    script: string,
    options: { user?: InsideUser; timeoutMs?: number } = {},
  ): Promise<CommandResult> {
    const { file, args } = this.enterCommand(['/bin/bash', '-s'], {
      user: options.user ?? insideRoot,
      tty: false,
    });
    return runCommand(file, args, {
      input: script,
      timeoutMs: options.timeoutMs ?? 30_000,
      beforeKill: (pid) => this.cgroups.endDescendants(pid),
    });
  }

  /** Ends every process but PID 1, from outside, so that it works whatever the learner did. */
  endProcesses(): Promise<void> {
    return this.cgroups.endAllBut(this.initPid);
  }

  /** Ends every process and removes every trace; resolves when nothing is left. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await removeSandbox(this.#host, this.id);
      await this.#ended();
      this.#host.ranges.release(this.base);
    })().catch((error: unknown) => {
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  /**
   * PID 1 leaves its cgroup before it is gone: it waits until those outside who entered have reaped
   * what they ran. Gives up after a second, for an orphan of theirs waits for the host's own PID 1.
   */
  async #ended(): Promise<void> {
    const end = performance.now() + 1_000;
    while (performance.now() < end && this.isAlive) await delay(3);
  }
}

const removalTries = 8;
const firstRetryMs = 1_000;

/**
 * Makes a sandbox and starts its PID 1.
 * @throws AppError `runner.no-range`, `runner.disk-full` or `sandbox.create-failed`; nothing is left, or
 * what could not be removed keeps its uid range while that is tried again for some minutes; the next
 * runner removes what is left then.
 */
export async function createSandbox(host: SandboxHost): Promise<Sandbox> {
  const id = randomBytes(6).toString('hex');
  const base = host.ranges.take();
  try {
    return await build(host, id, base);
  } catch (cause) {
    const left = await removeHalfMade(host, id, base);
    const full =
      String(cause).includes('No space left') || (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new AppError(full ? 'runner.disk-full' : 'sandbox.create-failed', {
      cause: left ? new AggregateError([cause, left], `${cause}; not removed yet: ${left}`) : cause,
    });
  }
}

/** Never rejects: why the sandbox could not be made is what the caller must hear. @returns why it is not removed yet. */
async function removeHalfMade(host: SandboxHost, id: string, base: number): Promise<unknown> {
  const remove = () =>
    removeSandbox(host, id).then(
      () => host.ranges.release(base),
      (error: unknown) => error,
    );
  const first = await remove();
  if (first === undefined) return undefined;
  void (async () => {
    for (let n = 0; n < removalTries; n++) {
      await delay(firstRetryMs * 2 ** n, undefined, { ref: false });
      if ((await remove()) === undefined) return;
    }
  })();
  return first;
}

async function build(host: SandboxHost, id: string, base: number): Promise<Sandbox> {
  const dir = sandboxDir(host, id);
  await mkdir(dir);
  // As in openHost; the mode of mkdir is subject to the umask.
  await chmod(dir, 0o711);
  const holder = await prepare(host, dir, base);
  const sandbox = await start(host, { id, base, holderPid: holder.pid }).finally(holder.release);
  // The machine has mounts of its own from here on; ours would only be more to clean up.
  await detach(dir);
  return sandbox;
}

/** Has runc start PID 1 on what `prepare` made. */
async function start(
  host: SandboxHost,
  { id, base, holderPid }: { id: string; base: number; holderPid: number },
): Promise<Sandbox> {
  const dir = sandboxDir(host, id);
  const config = ociConfig({
    id,
    base,
    userNamespace: `/proc/${holderPid}/ns/user`,
    initSource: host.native.init,
    limits: host.limits,
    cgroupParent: host.cgroups.parent,
    boundsSwap: boundsSwap(host.cgroups),
    mappingBesidePath: /^1\.[01]\./.test(host.runcVersion),
  });
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  const cgroups = new SandboxCgroups(host.cgroups, id);
  const pidFile = join(dir, 'init.pid');
  const runc = [
    'runc',
    '--root',
    runcRoot(host),
    'run',
    '--detach',
    '--bundle',
    dir,
    '--pid-file',
    pidFile,
    id,
  ];
  await mustRun(host.native.bin, ['join', ...(await cgroups.makeUnified()), '--', ...runc]);
  const initPid = Number(await readFile(pidFile, 'utf8'));
  return new Sandbox(host, { id, base, initPid, initStart: await readStartTime(initPid) });
}

/** Starts `tatami-native prepare` and reads the pid of the user namespace's holder. */
async function prepare(
  host: SandboxHost,
  dir: string,
  base: number,
): Promise<{ pid: number; release(): Promise<void> }> {
  const { diskBytes, namespaces } = host.limits;
  const child: ChildProcess = spawn(
    host.native.bin,
    ['prepare', String(base), host.rootfs, dir, String(diskBytes), String(namespaces)],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const line = await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data').then(([text]) => String(text)),
    closed.then(() => ''),
  ]);
  const pid = Number(line.trim());
  if (!pid) throw new Error(stderr.trim() || 'tatami-native prepare ended early');
  return {
    pid,
    release: async () => {
      child.stdin?.end();
      await closed;
    },
  };
}

/** Removes whatever exists of a sandbox, whole or half made. Idempotent. */
export async function removeSandbox(host: SandboxHost, id: string): Promise<void> {
  await new SandboxCgroups(host.cgroups, id).remove();
  const dir = sandboxDir(host, id);
  await detach(dir);
  await rm(join(runcRoot(host), id), { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
}
