import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import { loadLabs } from '@tatami/lab-format/loader';
import { AppError, asAppError, maxClientFrameBytes } from '@tatami/protocol';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { readStaffCookie } from './accounts/cookie.ts';
import { accountRoutes } from './accounts/routes.ts';
import { openStaff } from './accounts/staff.ts';
import { staffRoutes } from './accounts/staff-routes.ts';
import { AttemptStore } from './attempts/attempt-store.ts';
import { Attempts } from './attempts/attempts.ts';
import { DrillStore } from './attempts/drill-store.ts';
import { eventRoutes } from './attempts/event-routes.ts';
import { QuizStore } from './attempts/quiz-store.ts';
import { attemptRoutes } from './attempts/routes.ts';
import type { ServerConfig } from './config.ts';
import { guardAccess } from './http/access.ts';
import { apiDocs } from './http/api-docs.ts';
import { securityHeaders } from './http/headers.ts';
import { guardOrigin } from './http/origin.ts';
import { Labs } from './labs/labs.ts';
import { labRoutes } from './labs/routes.ts';
import { openLti } from './lti/lti.ts';
import { ltiRoutes } from './lti/routes.ts';
import { mapRoutes } from './map/routes.ts';
import { MarkStore } from './marks/mark-store.ts';
import { Marks } from './marks/marks.ts';
import { markRoutes } from './marks/routes.ts';
import { Settling } from './marks/settling.ts';
import { WorkStore } from './marks/work-store.ts';
import { recordingRoutes } from './recordings/routes.ts';
import { evidenceKey } from './reports/evidence-key.ts';
import { Reports } from './reports/reports.ts';
import { reportRoutes } from './reports/routes.ts';
import { RunnerClient } from './runner/runner-client.ts';
import { readSession, signingKey } from './sessions/cookie.ts';
import { Learners } from './sessions/learners.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { isDiskFull, openStore } from './store/database.ts';
import { LearnerStreams } from './streams/learner-streams.ts';
import { Proxies } from './streams/proxies.ts';
import { tunnelRoutes } from './streams/tunnel-routes.ts';
import { terminalRoutes } from './terminals/routes.ts';
import { webRoutes } from './web/routes.ts';
import { Workshops } from './workshops/workshops.ts';

/** A request whose body is not there by then is cut: whoever sends it holds a connection for nothing. */
const requestTimeoutMs = 10_000;

/**
 * Builds the server. Closing it leaves the machines running: the next server finds them again.
 * @throws one sentence when the labs folder, the database or the web app are not in order.
 */
export async function buildServer(config: ServerConfig): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: config.TATAMI_LOG_LEVEL },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxClientFrameBytes,
    requestTimeout: requestTimeoutMs,
    http: {
      // Node looks at bodies only where headers have no longer time.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 2,
    },
    trustProxy: config.TATAMI_TRUST_PROXY ?? false,
  });
  const secure = config.TATAMI_PUBLIC_URL?.startsWith('https:') ?? false;
  const labs = await readLabs(config.TATAMI_LABS_DIR, (fault) => app.log.error(fault));
  const store = await openStore(config.TATAMI_DATA_DIR);
  const learners = new Learners(store);
  const staff = await openStaff(app, { store, dataDir: config.TATAMI_DATA_DIR, secure });
  const attemptStore = new AttemptStore(store);
  const runner = new RunnerClient(config.TATAMI_RUNNER_SOCKET);
  const drillStore = new DrillStore(store);
  const attempts = new Attempts({
    ...{ store: attemptStore, quizStore: new QuizStore(store), drillStore },
    runner,
    labs,
    warn: (message, err) => app.log.error({ err }, message),
  });
  const workshops = new Workshops(store);
  const markStore = new MarkStore(store);
  const marks = new Marks({ marks: markStore, work: new WorkStore(store), labs, workshops });
  const settling = new Settling({
    ...{ store: markStore, marks },
    warn: (message, err) => app.log.error({ err }, message),
  });
  const lti = await openLti({
    ...{ store, dataDir: config.TATAMI_DATA_DIR },
    pointsOf: async (learnerId, labId) =>
      labs.find(labId) && (await marks.own(learnerId, labId)).mark,
    warn: (message, err) => app.log.error({ err }, message),
  });
  const proxies = proxiesOf(config);
  app.addHook('onClose', async () => {
    proxies?.close();
    attempts.close();
    await settling.close();
    await lti.passback.close();
    await runner.close();
    await store.destroy();
  });

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    const known = isDiskFull(error)
      ? new AppError('server.disk-full', { cause: error })
      : asAppError(error);
    if (known.status >= 500) request.log.error({ err: known }, known.message);
    return reply.code(known.status).send(known.body);
  });
  // First: it marks requests that are WebSockets, which the guards below refuse in another way.
  await app.register(websocket, {
    options: { maxPayload: maxClientFrameBytes, perMessageDeflate: false },
  });
  guardOrigin(app, {
    host: config.TATAMI_HOST,
    port: () => portOf(app) ?? config.TATAMI_PORT,
    publicUrl: config.TATAMI_PUBLIC_URL,
  });
  await securityHeaders(app, secure);
  await app.register(cookie, { secret: signingKey(config.TATAMI_DATA_DIR) });
  guardAccess(app, {
    learner: async (request) => {
      const id = readSession(request);
      return id ? learners.byId(id) : undefined;
    },
    account: async (request) => {
      const token = readStaffCookie(request);
      return token ? staff.sessions.find(token) : undefined;
    },
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => new AppError('request.rate'),
  });
  await apiDocs(app);
  app.get('/healthz', async () => ({ status: 'ok' }));
  await app.register(sessionRoutes, { learners, attempts: attemptStore, labs, secure });
  await app.register(accountRoutes, staff);
  await app.register(staffRoutes, staff);
  await app.register(labRoutes, { labs });
  await app.register(attemptRoutes, { attempts });
  await app.register(recordingRoutes, { attempts, runner });
  await app.register(markRoutes, { marks, workshops });
  const reports = new Reports({
    ...{ store, attemptStore, drillStore, attempts, labs, runner, workshops },
    ...{ key: evidenceKey(config.TATAMI_DATA_DIR), publicUrl: config.TATAMI_PUBLIC_URL },
    player: await readFile(join(config.TATAMI_WEB_DIR, 'report-player.js'), 'utf8'),
  });
  await app.register(reportRoutes, { reports, workshops });
  await app.register(ltiRoutes, {
    ...{ ...lti, learners, labs, secure, publicUrl: config.TATAMI_PUBLIC_URL },
  });
  const streams = new LearnerStreams(app, { proxies, staffSessions: staff.sessions });
  eventRoutes(streams, attempts);
  mapRoutes(streams, { attempts, runner });
  terminalRoutes(streams, { attempts, runner });
  await app.register(tunnelRoutes, { streams });
  await app.register(webRoutes, { webDir: config.TATAMI_WEB_DIR });
  await attempts.resume();
  settling.start();
  lti.passback.start();
  return app;
}

/** @throws one sentence when the program that is set cannot be run. */
function proxiesOf(config: ServerConfig): Proxies | null {
  const { TATAMI_PROXY: program, TATAMI_RUNNER_SOCKET: socketPath } = config;
  if (!program) return null;
  try {
    accessSync(program, constants.X_OK);
  } catch (cause) {
    throw new Error(`TATAMI_PROXY names ${program}, which cannot be run`, { cause });
  }
  return new Proxies({ program, socketPath });
}

/** The port that was bound, which differs from the configured one when that is 0. */
function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

/** A lab with a fault takes neither the others nor the server down: the operator is told of each. */
async function readLabs(dir: string, tell: (fault: string) => void): Promise<Labs> {
  const loaded = await loadLabs(dir).catch((cause: Error) => {
    throw new Error(`the labs in ${dir} cannot be read: ${cause.message}`, { cause });
  });
  for (const { file, line, reason } of loaded.problems) tell(`${file}:${line}: ${reason}`);
  return new Labs(loaded);
}
