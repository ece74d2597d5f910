import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWire, type Wire } from './wire.ts';

/** The command line. */
export const launcher = join(import.meta.dirname, '../../apps/cli/bin/tatami.mjs');
const startTimeoutMs = 240_000;

/** Tatami as `npm start` runs it, on free ports and in folders of its own. */
export interface RunningTatami {
  /** The address as browsers use it: the wire's, or a proxy's before it. */
  url: string;
  wire: Wire;
  /** As it printed it; good for one time. */
  setupLink: string;
  /** Where it keeps things, and its sockets. */
  folders: { data: string; run: string };
  /** Host pid of one of its two services. */
  pidOf(service: 'runner' | 'server'): number;
  /** Ends it, once; fails when anything of it is left. */
  stop(): Promise<void>;
}

/** As a workshop's server is reached: by a name in the local network, over plain http. */
export const workshopHost = 'workshop.test';

/**
 * Starts Tatami and waits until it is ready. `settings` go into its environment; browsers reach it by the name
 * `host`, and at `publicPort` where a proxy stands before the wire. `data` is a folder that outlives it.
 */
export async function startTatami(
  settings: Record<string, string> = {},
  options: { host?: string; publicPort?: number; data?: string } = {},
): Promise<RunningTatami> {
  const { host = '127.0.0.1', publicPort } = options;
  const dir = await mkdtemp(join(tmpdir(), 'tatami-e2e-'));
  // The server's user and the sandboxes' roots pass through it.
  await chmod(dir, 0o755);
  const runDir = join(dir, 'run');
  const dataDir = options.data ?? join(dir, 'data');
  const port = await freePort();
  const wire = await openWire(() => port);
  const url = `http://${host}:${publicPort ?? wire.port}`;
  const address = ['--port', String(port), '--public-url', url];
  const folders = ['--data', dataDir, '--run', runDir];
  const child = spawn(process.execPath, [launcher, 'start', ...address, ...folders], {
    env: { ...process.env, TATAMI_CONFIG: '', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed: string;
  try {
    printed = await ready(child);
  } catch (error) {
    await wire[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await wire[Symbol.asyncDispose]();
    const left = leftovers(runDir);
    if (left.length > 0) throw new Error(`Tatami left ${left.join(', ')}`);
    // Not before that: a mount that was left would be emptied too.
    await rm(dir, { recursive: true, force: true });
    if (child.exitCode !== 0) throw new Error(`Tatami ended with ${child.exitCode}`);
  };
  let ending: Promise<void> | undefined;
  return {
    url,
    wire,
    setupLink: /\S+\/staff\/join#\S+/.exec(printed)?.[0] ?? '',
    folders: { data: dataDir, run: runDir },
    pidOf: (service) => servicePid(child, service),
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

/**
 * A Tatami that runs already: it listens on `port` of loopback, and was told that browsers reach it at `url`, where
 * the wire is laid. It goes on running after the tests.
 */
export async function joinTatami(url: string, port: number): Promise<RunningTatami> {
  const wire = await openWire(() => port, Number(new URL(url).port));
  const notOurs = () => {
    throw new Error('its processes and folders are not ours');
  };
  return {
    ...{ url, wire, setupLink: '', pidOf: notOurs },
    get folders() {
      return notOurs();
    },
    stop: () => wire[Symbol.asyncDispose]() as Promise<void>,
  };
}

/** @returns what it said until it was ready. */
async function ready(child: ChildProcess): Promise<string> {
  let output = '';
  const timer = setTimeout(() => child.kill('SIGTERM'), startTimeoutMs);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/Tatami is ready.*Ctrl\+C/s.test(output)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`Tatami ended with ${code}: ${output}`)));
  }).finally(() => clearTimeout(timer));
  return output;
}

function processes(): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const parent = Number(status.match(/^PPid:\t(\d+)/m)?.[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, command }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

function servicePid(starter: ChildProcess, service: string): number {
  const found = processes().find(
    ({ parent, command }) => parent === starter.pid && command.includes(`/${service}.mjs`),
  );
  if (!found) throw new Error(`no ${service} runs`);
  return found.pid;
}

/** Mounts, cgroups and processes that carry the name of the run folder. */
function leftovers(runDir: string): string[] {
  const name = createHash('sha256').update(join(runDir, 'runner')).digest('hex').slice(0, 8);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const cgroups = mounts
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => join(line.split(' ')[4] ?? '', `tatami-${name}`));
  return [
    ...mounts.filter((line) => line.includes(runDir)),
    ...cgroups.filter((path) => existsSync(path)),
    ...processes()
      .filter(({ command }) => command.includes(runDir))
      .map(({ pid, command }) => `${pid} ${command}`),
  ];
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
