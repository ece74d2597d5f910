import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import { loadLabs } from '@tatami/lab-format/loader';
import {
  AppError,
  asAppError,
  closeCodes,
  doorPath,
  maxClientFrameBytes,
  unfinishedRestore,
  version,
  whyFinishRestore,
} from '@tatami/protocol';
import { logOptions, watchRequests } from '@tatami/telemetry';
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
import { Drain, refuseNew } from './drain.ts';
import { MetricsPage } from './health/metrics.ts';
import { Readiness, tellReadiness } from './health/readiness.ts';
import { bringsToken, healthRoutes } from './health/routes.ts';
import { guardAccess } from './http/access.ts';
import { apiDocs } from './http/api-docs.ts';
import { Guests } from './http/guests.ts';
import { securityHeaders } from './http/headers.ts';
import { guardOrigin } from './http/origin.ts';
import { readTls } from './http/tls.ts';
import { refuseUnreadable } from './http/unreadable.ts';
import { Labs } from './labs/labs.ts';
import { labRoutes } from './labs/routes.ts';
import { openLti } from './lti/lti.ts';
import { ltiRoutes } from './lti/routes.ts';
import { mapRoutes } from './map/routes.ts';
import { marksOf, openMarks } from './marks/open-marks.ts';
import { openPrivacy } from './privacy/open-privacy.ts';
import { recordingRoutes } from './recordings/routes.ts';
import { evidenceKey } from './reports/evidence-key.ts';
import { Reports } from './reports/reports.ts';
import { reportRoutes } from './reports/routes.ts';
import { Acts } from './room/acts.ts';
import { roomLearnerRoutes } from './room/learner-routes.ts';
import { Rooms } from './room/rooms.ts';
import { roomStaffRoutes } from './room/staff-routes.ts';
import { roomStreams } from './room/stream-routes.ts';
import { RunnerClient } from './runner/runner-client.ts';
import { readSession, signingKey } from './sessions/cookie.ts';
import { Learners } from './sessions/learners.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { Sessions } from './sessions/sessions.ts';
import { isDiskFull, openStore } from './store/database.ts';
import { Handoffs } from './streams/handoffs.ts';
import { LearnerStreams } from './streams/learner-streams.ts';
import { tunnelRoutes } from './streams/tunnel-routes.ts';
import { terminalRoutes } from './terminals/routes.ts';
import { webRoutes } from './web/routes.ts';
import { within } from './within.ts';
import { keepJoinList } from './workshops/join-list.ts';
import { joinRoutes } from './workshops/join-routes.ts';
import { Joins } from './workshops/joins.ts';
import { Rejoins } from './workshops/rejoins.ts';
import { seatRoutes } from './workshops/seat-routes.ts';
import { SeatRules } from './workshops/seat-rules.ts';
import { SeatStreams } from './workshops/seat-streams.ts';
import { Seats } from './workshops/seats.ts';
import { workshopRoutes } from './workshops/workshop-routes.ts';
import { Workshops } from './workshops/workshops.ts';

/** A request whose body is not there by then is cut: whoever sends it holds a connection for nothing. */
const requestTimeoutMs = 10_000;
/** When the server ends: what is being saved, and a browser that does not answer, is waited for so long. */
const lateMs = 2_000;

/**
 * Builds the server. Closing it leaves the machines running: the next server finds them again.
 * @throws one sentence when the labs folder, the database or the web app are not in order.
 */
export async function buildServer(config: ServerConfig): Promise<FastifyInstance> {
  refuseHalfRestored(config.TATAMI_DATA_DIR);
  const tls = await readTls(config);
  const app = Fastify({
    ...(tls ? { https: tls } : {}),
    logger: logOptions('server', config.TATAMI_LOG_LEVEL),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: () => randomUUID(),
    bodyLimit: maxClientFrameBytes,
    requestTimeout: requestTimeoutMs,
    // {@link refuseNew} says it in our form.
    return503OnClosing: false,
    http: {
      // Node looks at bodies only where headers have no longer time.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 2,
    },
    trustProxy: config.TATAMI_TRUST_PROXY ?? false,
    frameworkErrors: refuseUnreadable,
  }) as FastifyInstance;
  const page = new MetricsPage(version);
  watchRequests(app, (request, ended) => {
    // Where there is no route there is nothing set.
    const { probe, lasting } = request.routeOptions.config ?? {};
    request.log[probe ? 'debug' : 'info'](ended, 'request');
    page.note(ended, !lasting);
  });
  const secure = tls !== null || (config.TATAMI_PUBLIC_URL?.startsWith('https:') ?? false);
  const labs = await readLabs(config.TATAMI_LABS_DIR, (fault) => app.log.error(fault));
  const store = await openStore(config.TATAMI_DATA_DIR);
  const learners = new Learners(store);
  const staff = await openStaff(app, { store, dataDir: config.TATAMI_DATA_DIR, secure });
  const attemptStore = new AttemptStore(store);
  const runner = new RunnerClient(config.TATAMI_RUNNER_SOCKET);
  const drillStore = new DrillStore(store);
  const workshops = new Workshops(store);
  const rules = new SeatRules(workshops);
  const attempts = new Attempts({
    ...{ store: attemptStore, quizStore: new QuizStore(store), drillStore },
    runner,
    labs,
    rules,
    warn: (message, err) => app.log.error({ err }, message),
  });
  const rooms = new Rooms({
    ...{ store, attempts, labs, runner, workshops },
    warn: (message, err) => app.log.error({ err }, message),
  });
  const marks = marksOf({ store, labs, workshops });
  const lti = await openLti({
    ...{ store, dataDir: config.TATAMI_DATA_DIR },
    pointsOf: async (learnerId, labId) =>
      labs.find(labId) && (await marks.of(learnerId, labId)).mark,
    warn: (message, err) => app.log.error({ err }, message),
  });
  const handoffs = handoffsOf(config);
  const drain = new Drain();
  let late: NodeJS.Timeout | undefined;
  // Before the WebSocket plugin's, which closes what is left without a word.
  app.addHook('preClose', async () => {
    drain.begin();
    await within(lateMs, attempts.settled());
    streams.end(closeCodes.serverRestarting);
    await within(lateMs, handoffs?.close(closeCodes.serverRestarting));
    late = setTimeout(() => {
      for (const client of app.websocketServer.clients) client.terminate();
    }, lateMs);
  });
  app.addHook('onClose', async () => {
    clearTimeout(late);
    await rooms.close();
    attempts.close();
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
  refuseNew(app, drain);
  guardOrigin(app, {
    host: config.TATAMI_HOST,
    port: () => portOf(app) ?? config.TATAMI_PORT,
    publicUrl: config.TATAMI_PUBLIC_URL,
    scheme: tls ? 'https' : 'http',
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
    mayScrape: (request) => bringsToken(request, config.TATAMI_METRICS_TOKEN),
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => new AppError('request.rate'),
  });
  await apiDocs(app);
  const sessions = new Sessions({ attempts: attemptStore, labs, workshops, secure });
  const seats = new Seats({ store, learners, workshops });
  await app.register(sessionRoutes, { learners, sessions, seats, secure });
  await app.register(accountRoutes, staff);
  await app.register(staffRoutes, staff);
  await app.register(labRoutes, { labs, rules });
  await app.register(attemptRoutes, { attempts, rooms });
  await app.register(recordingRoutes, { attempts, runner });
  await openMarks(app, { store, marks, workshops });
  await openPrivacy(app, {
    ...{ store, dataDir: config.TATAMI_DATA_DIR, attempts, runner, workshops },
  });
  const reports = new Reports({
    ...{ store, attemptStore, drillStore, attempts, labs, runner, workshops },
    ...{ key: evidenceKey(config.TATAMI_DATA_DIR), publicUrl: config.TATAMI_PUBLIC_URL },
    player: await readFile(join(config.TATAMI_WEB_DIR, 'report-player.js'), 'utf8'),
  });
  await app.register(reportRoutes, { reports, workshops, audit: rooms.parts.audit });
  const joins = new Joins({ workshops, seats, learners });
  await app.register(ltiRoutes, {
    ...{ ...lti, learners, labs, joins, secure, publicUrl: config.TATAMI_PUBLIC_URL },
  });
  const streams = new LearnerStreams(app, { handoffs, staffSessions: staff.sessions });
  const readiness = new Readiness({
    ...{ store, runner, dataDir: config.TATAMI_DATA_DIR },
    tell: (failing) => tellReadiness(app.log, failing),
  });
  await app.register(healthRoutes, {
    ...{ page, readiness, store, runner, attempts, streams },
    ...{ drain, dataDir: config.TATAMI_DATA_DIR },
  });
  eventRoutes(streams, attempts);
  mapRoutes(streams, { attempts, runner });
  terminalRoutes(streams, { attempts, runner });
  await app.register(roomLearnerRoutes, { rooms });
  await app.register(roomStaffRoutes, { rooms, acts: new Acts(rooms.parts), learners });
  roomStreams(streams, rooms);
  await app.register(tunnelRoutes, { streams });
  const seatStreams = new SeatStreams(workshops, streams, (err) =>
    app.log.error({ err }, 'a seat could not be told how its workshop stands'),
  );
  app.addHook('preClose', async () => seatStreams.close());
  const rejoins = new Rejoins(store);
  await app.register(joinRoutes, { workshops, seats, joins, rejoins, learners, sessions });
  await app.register(workshopRoutes, {
    ...{ workshops, seats, labs },
    isGraded: (id) => marks.isGraded(id),
  });
  await app.register(seatRoutes, { workshops, seats, joins, rejoins, seatStreams, attempts });
  await app.register(webRoutes, { webDir: config.TATAMI_WEB_DIR, guests: new Guests(secure) });
  await keepJoinList(workshops, config.TATAMI_DATA_DIR, (err) =>
    app.log.error({ err }, 'the list of workshops for the command line could not be written'),
  );
  await rooms.parts.audit.endAll();
  await attempts.resume();
  lti.passback.start();
  return app;
}

function refuseHalfRestored(dir: string): void {
  const dataDir = dirname(dir);
  if (existsSync(join(dataDir, unfinishedRestore))) throw new Error(whyFinishRestore(dataDir));
}

/** @throws one sentence when the program that is set cannot be run. */
function handoffsOf(config: ServerConfig): Handoffs | null {
  const { TATAMI_HANDOFF: program, TATAMI_RUNNER_SOCKET: socket } = config;
  if (!program) return null;
  try {
    accessSync(program, constants.X_OK);
  } catch (cause) {
    throw new Error(`TATAMI_HANDOFF names ${program}, which cannot be run`, { cause });
  }
  return new Handoffs({ program, doorPath: doorPath(socket) });
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
