import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import websocket from '@fastify/websocket';
import { requireFolder } from '@tatami/config';
import {
  asAppError,
  doorPath,
  maxClientFrameBytes,
  unfinishedRestore,
  version,
  whyFinishRestore,
} from '@tatami/protocol';
import {
  machinePrograms,
  openEventSource,
  openHost,
  Probe,
  reapSandboxes,
  removeCgroupParent,
} from '@tatami/sandbox';
import { logOptions, metricsType, watchRequests } from '@tatami/telemetry';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { RunnerConfig } from './config.ts';
import { Door } from './http/door.ts';
import { sandboxRoutes } from './http/sandbox-routes.ts';
import { streamRoutes } from './http/stream-routes.ts';
import { CountedEvents } from './machines/counted-events.ts';
import { Machines } from './machines/machines.ts';
import { Pool } from './machines/pool.ts';
import { openRunnerMetrics } from './metrics.ts';
import { Recordings } from './terminals/recordings.ts';

const expireEveryMs = 10 * 60_000;
/** Connections that have not ended by then, once all machines have, are cut. */
const lateMs = 2_000;

/**
 * Builds the runner: reaps what an earlier one left, opens the pool. Closing the app closes every
 * sandbox. @throws one sentence when the host cannot carry sandboxes.
 */
export async function buildRunner(config: RunnerConfig): Promise<FastifyInstance> {
  const dataDir = dirname(config.TATAMI_DATA_DIR);
  if (existsSync(join(dataDir, unfinishedRestore))) throw new Error(whyFinishRestore(dataDir));
  const app = Fastify({
    logger: logOptions('runner', config.TATAMI_LOG_LEVEL),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // While machines are closed, the server saves how they ended and asks what is kept of them.
    return503OnClosing: false,
  });
  // The server has a line of its own for what a browser asked.
  watchRequests(app, (request, ended) => request.log.debug(ended, 'request'));
  await requireFolder(config.TATAMI_DATA_DIR, { what: 'the data folder', setting: 'TATAMI_DATA' });
  await requireFolder(config.TATAMI_STATE_DIR, { what: 'the state folder', setting: 'TATAMI_RUN' });
  const host = await openHost({
    native: { bin: config.TATAMI_NATIVE_BIN, init: config.TATAMI_NATIVE_INIT },
    rootfs: config.TATAMI_ROOTFS,
    stateDir: config.TATAMI_STATE_DIR,
    seats: config.TATAMI_SEATS + config.TATAMI_WARM,
  });
  const reaped = await reapSandboxes(host);
  if (reaped.length > 0) app.log.warn({ reaped }, 'removed sandboxes that an earlier runner left');

  const warn = (message: string, err: unknown) => app.log.error({ err }, message);
  const recordingsDir = join(config.TATAMI_DATA_DIR, 'recordings');
  await mkdir(recordingsDir, { recursive: true, mode: 0o700 });
  const recordings = new Recordings(recordingsDir, warn);
  await recordings.expire();
  const expiry = setInterval(
    () => recordings.expire().catch((error) => warn('recordings could not be expired', error)),
    expireEveryMs,
  );
  const probe = new Probe(host.native.bin);
  const events = new CountedEvents(
    await openEventSource({
      cgroups: host.cgroups,
      nativeBin: host.native.bin,
      recordsPerSecond: config.TATAMI_EVENTS_PER_SECOND,
      burstRecords: 4 * config.TATAMI_EVENTS_PER_SECOND,
      programs: { loader: config.TATAMI_EVENTS_LOADER, object: config.TATAMI_EVENTS_OBJECT },
    }),
  );
  app.log.info({ source: events.kind, detail: events.detail }, 'kernel events');
  const { metrics, text } = openRunnerMetrics();
  const pool = new Pool(host, config.TATAMI_WARM, { metrics, warn });
  const limits = {
    idleMs: config.TATAMI_IDLE_MS,
    absoluteMs: config.TATAMI_ABSOLUTE_MS,
    extendMs: config.TATAMI_EXTEND_MS,
    longestMs: config.TATAMI_LONGEST_MS,
  };
  const programs = machinePrograms(host.rootfs);
  const machines = new Machines(
    pool,
    { probe, programs, events, nativeBin: host.native.bin, metrics, recordings, limits, warn },
    config.TATAMI_SEATS,
  );
  let late: NodeJS.Timeout | undefined;
  // Before the WebSockets are closed, which tell what becomes of the machines.
  app.addHook('preClose', async () => {
    clearInterval(expiry);
    // What goes wrong is thrown once more below, when all else is closed.
    await machines.shutDown().catch(() => undefined);
    late = setTimeout(() => {
      for (const client of app.websocketServer.clients) client.terminate();
    }, lateMs);
  });
  app.addHook('onClose', async () => {
    clearTimeout(late);
    try {
      await machines.shutDown();
    } finally {
      probe.close();
      await events.close();
      await removeCgroupParent(host.cgroups);
    }
  });

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    const known = asAppError(error);
    if (known.status >= 500) request.log.error({ err: known }, known.message);
    return reply.code(known.status).send(known.body);
  });
  await app.register(websocket, {
    options: { maxPayload: maxClientFrameBytes, perMessageDeflate: false },
  });
  await app.register(sandboxRoutes, {
    ...{ machines, events, recordings, version },
    cgroupVersion: host.cgroups.version,
  });
  const door = doorOf(config, warn);
  app.addHook('onListen', async () => door?.open(await socketGroup(config)));
  app.addHook('onClose', async () => door?.close());
  await app.register(streamRoutes, { machines, door });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metricsType).send(await text({ machines, events, recordings })),
  );
  pool.fill();
  return app;
}

/** A second runner would remove the machines of the first. @throws one sentence when one listens already. */
export async function requireNoOther({ TATAMI_RUNNER_SOCKET: path }: RunnerConfig): Promise<void> {
  const socket = connect(path);
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (answered)
    throw new Error(`another runner listens on ${path}; stop it first, or set another TATAMI_RUN.`);
}

/** Listens on the configured Unix socket, which only root and the configured group may open. */
export async function listen(app: FastifyInstance, config: RunnerConfig): Promise<void> {
  const path = config.TATAMI_RUNNER_SOCKET;
  const folder = {
    what: "the folder of the runner's socket",
    setting: 'TATAMI_RUN',
    mode: 0o750,
  } as const;
  await requireFolder(dirname(path), folder);
  await rm(path, { force: true });
  await app.listen({ path });
  const group = await socketGroup(config);
  if (group !== undefined) await chown(path, 0, group);
  await chmod(path, group === undefined ? 0o600 : 0o660);
}

/** Who may open the runner's sockets beside root. */
async function socketGroup(config: RunnerConfig): Promise<number | undefined> {
  const name = config.TATAMI_SOCKET_GROUP;
  return name === undefined ? undefined : groupId(name);
}

function doorOf(config: RunnerConfig, warn: (message: string, err: unknown) => void) {
  const { TATAMI_HANDOFF: program, TATAMI_RUNNER_SOCKET: socket } = config;
  return program ? new Door({ program, path: doorPath(socket), warn }) : undefined;
}

async function groupId(name: string): Promise<number> {
  const line = (await readFile('/etc/group', 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line)
    throw new Error(
      `there is no group ${name}; make it (groupadd --system ${name}), or name another with TATAMI_SOCKET_GROUP`,
    );
  return Number(line.split(':')[2]);
}
