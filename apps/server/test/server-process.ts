import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { ServerConfig } from '../src/config.ts';
import { bundled } from './bundled.ts';
import { startEchoRunner } from './echo-runner.ts';
import { eventually, testConfig } from './running-server.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The server as a process of its own, so that it can be killed. */
async function spawnServer(config: ServerConfig, log: string[]): Promise<ChildProcess> {
  const env = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, `${value}`]));
  const child = spawn(process.execPath, [await bundled('server.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (bytes: Buffer) => log.push(bytes.toString()));
  const url = `http://127.0.0.1:${config.TATAMI_PORT}/healthz`;
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    // Beside other tests.
    await eventually('the server answers', answers, 60_000);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}

async function killServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A server process with an echo runner behind it; the runner outlives it. */
export async function startServerProcess(overrides: Record<string, string> = {}) {
  const config = await testConfig({ TATAMI_PORT: String(await freePort()), ...overrides });
  const log: string[] = [];
  const runner = await startEchoRunner(config.TATAMI_RUNNER_SOCKET);
  let child = await spawnServer(config, log);
  return {
    ...{ config, runner },
    /** What all servers printed so far. */
    log,
    socketPath: config.TATAMI_RUNNER_SOCKET,
    url: `http://127.0.0.1:${config.TATAMI_PORT}`,
    /** Sends a signal. */
    signal: (signal: 'SIGTERM') => child.kill(signal),
    /** Resolves when it has ended by itself. @returns its exit code. */
    async ended(): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    /** kill -9; resolves when it is gone. */
    kill: () => killServer(child),
    async startAgain() {
      child = await spawnServer(config, log);
    },
    async [Symbol.asyncDispose]() {
      await killServer(child);
      await runner[Symbol.asyncDispose]();
      await rm(dirname(config.TATAMI_RUNNER_SOCKET), { recursive: true, force: true });
    },
  };
}
