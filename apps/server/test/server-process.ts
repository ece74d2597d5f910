import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerConfig } from '../src/config.ts';
import { eventually } from './running-server.ts';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The server as a process of its own, so that it can be killed. */
export async function spawnServer(config: ServerConfig): Promise<ChildProcess> {
  const env = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, `${value}`]));
  const entry = join(import.meta.dirname, '../src/server.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${config.TATAMI_PORT}/healthz`;
  await eventually('the server answers', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return child;
}

/** kill -9, and wait for the end. */
export async function killServer(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
