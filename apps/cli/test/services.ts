import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHost, type SandboxHost, until } from '@tatami/sandbox';
import { freePort } from '../src/bench/judge/product.ts';
import { cloneRoot } from '../src/paths.ts';
import { bundleApp } from '../src/prepare/bundle.ts';
import { nativeSettings } from '../src/prepare/native.ts';
import type { RunnerParts } from '../src/rehearsal/runner-process.ts';

/** One of the two services as an operator runs it; what it prints is kept. */
export class LoggedService {
  readonly #command: string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  log = '';

  constructor(bundle: string, env: Record<string, string>) {
    // It ends with us, whatever ends us.
    this.#command = ['--pdeathsig', 'TERM', process.execPath, bundle];
    this.#env = env;
  }

  start(): void {
    const child = spawn('setpriv', this.#command, {
      // No settings of the machine that the tests run on.
      env: { ...process.env, TATAMI_CONFIG: '', ...this.#env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    this.#child = child;
  }

  /** Resolves when it is gone. Idempotent. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

/** Runner and server in a temporary folder, with the server's small test lab. */
export interface Services {
  url: string;
  runner: LoggedService;
  server: LoggedService;
  dataDir: string;
  host: SandboxHost;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts both; resolves when the server lives. */
export async function startServices(
  parts: RunnerParts,
  settings: Record<string, string>,
): Promise<Services> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-services-'));
  // The sandbox's root, nobody on the host, has to reach the bundle below.
  await chmod(dir, 0o711);
  const [port, stateDir] = [await freePort(), join(dir, 'state')];
  const host = await openHost({ native: parts.native, rootfs: parts.rootfs, stateDir, seats: 2 });
  const common = { TATAMI_RUNNER_SOCKET: join(dir, 'socket/runner.sock'), ...settings };
  const runner = new LoggedService(parts.bundle, {
    ...{ ...common, ...nativeSettings(parts.native), TATAMI_ROOTFS: parts.rootfs },
    ...{ TATAMI_STATE_DIR: stateDir, TATAMI_DATA_DIR: join(dir, 'runner') },
    ...{ TATAMI_SEATS: '2', TATAMI_WARM: '1' },
  });
  const dataDir = join(dir, 'server');
  const server = new LoggedService(await bundleApp('apps/server/src/server.ts', 'server'), {
    ...{ ...common, TATAMI_DATA_DIR: dataDir, TATAMI_PORT: String(port) },
    TATAMI_LABS_DIR: join(cloneRoot, 'apps/server/test/labs'),
    TATAMI_WEB_DIR: join(cloneRoot, 'apps/server/test/web'),
  });
  runner.start();
  server.start();
  const url = `http://127.0.0.1:${port}`;
  const lives = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(lives, { what: 'the server lives', timeoutMs: 30_000 });
  return {
    ...{ url, runner, server, dataDir, host },
    async [Symbol.asyncDispose]() {
      await runner.end('SIGTERM');
      await server.end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
