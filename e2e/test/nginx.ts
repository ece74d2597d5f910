import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program =
  process.env.TATAMI_NGINX ?? join(import.meta.dirname, '../../.cache/nginx/usr/sbin/nginx');
const startTimeoutMs = 5_000;
const nobody = 65_534;

/** How a network treats what passes it: nginx's own defaults strip Upgrade. */
export const networks = {
  'passes Upgrade': `
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;`,
  'strips Upgrade': '',
  'holds answers back until they end': `
    proxy_ignore_headers X-Accel-Buffering;
    proxy_buffers 64 256k;
    proxy_buffer_size 256k;
    proxy_busy_buffers_size 512k;`,
} as const;
export type Network = keyof typeof networks;

const configuration = (network: Network, port: number, target: number) => `
daemon off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path temp/body;
  proxy_temp_path temp/proxy;
  fastcgi_temp_path temp/fastcgi;
  uwsgi_temp_path temp/uwsgi;
  scgi_temp_path temp/scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${target};
      proxy_set_header Host $http_host;${networks[network]}
    }
  }
}
`;

/** A real nginx on a port of loopback before another, as nobody; disposing it leaves nothing. */
export async function startNginx(
  network: Network,
  port: number,
  target: number,
): Promise<AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'tatami-nginx-'));
  const temp = join(dir, 'temp');
  await mkdir(temp);
  for (const folder of [dir, temp]) await chown(folder, nobody, nobody);
  await writeFile(join(dir, 'nginx.conf'), configuration(network, port, target));
  const child = spawn(program, ['-e', 'stderr', '-p', dir, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...{ uid: nobody, gid: nobody },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(dir, { recursive: true });
  };
  try {
    await Promise.race([listening(port), ended.then(([code]) => fail(`nginx ended with ${code}`))]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { [Symbol.asyncDispose]: stop };
}

const fail = (message: string): never => {
  throw new Error(message);
};

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!(await connects(port))) {
    if (Date.now() > deadline) throw new Error(`nobody listens on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
