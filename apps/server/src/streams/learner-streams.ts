import {
  AppError,
  type CloseCode,
  closeCodes,
  type ErrorCode,
  Heartbeats,
  heartbeatMs,
} from '@tatami/protocol';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import type { Learner } from '../sessions/learners.ts';
import type { Channel } from './channel.ts';
import { Connects } from './connects.ts';
import { Places } from './places.ts';
import type { Proxies } from './proxies.ts';
import { WebSocketChannel } from './web-socket-channel.ts';

const closeCodeOf: Partial<Record<ErrorCode, CloseCode>> = {
  'session.missing': closeCodes.unauthorized,
  'lab.unknown': closeCodes.unknown,
  'lab.unavailable': closeCodes.unknown,
  'machine.missing': closeCodes.sandboxClosed,
  'runner.unreachable': closeCodes.runnerUnreachable,
};

/** Nine terminals and the events of one lab, in a few browsers. */
const maxChannels = 48;

/** Where a stream leads: the parts of its path that are names, and its query as the browser sent it. */
export interface StreamAddress {
  params: unknown;
  query: string;
}

type Handle = (channel: Channel, address: StreamAddress, learner: Learner) => Promise<void>;

interface Bounds {
  /** Of one learner at once. */
  most: number;
  /** A place is taken until then after its stream has closed: to open costs too. */
  restMs: number;
}

interface RouteOptions {
  bounds?: Bounds;
  /** Where the runner has the very stream: a WebSocket need not pass this process. */
  runnerPath?: (address: StreamAddress, learner: Learner) => Promise<string>;
}

interface Route extends RouteOptions {
  path: string;
  handle: Handle;
  bounds: Bounds;
}

/** The streams of learners, each over a WebSocket or through a tunnel, and their limits. */
export class LearnerStreams {
  readonly #app: FastifyInstance;
  readonly #proxies: Proxies | null;
  readonly #router = findMyWay();
  /** Of learners, over all routes and by route. */
  readonly #places = new Places();
  readonly connects = new Connects();
  readonly #heartbeats = new Heartbeats();

  /** @param proxies none where every WebSocket is to pass this process. */
  constructor(app: FastifyInstance, proxies: Proxies | null) {
    this.#app = app;
    this.#proxies = proxies;
    const heartbeat = setInterval(() => this.#heartbeats.beat(), heartbeatMs);
    app.addHook('onClose', async () => clearInterval(heartbeat));
  }

  /** A stream at a path; over a WebSocket, one without a session is closed with 4005. */
  route(path: string, handle: Handle, options: RouteOptions = {}): void {
    const route: Route = { bounds: { most: maxChannels, restMs: 0 }, ...options, path, handle };
    this.#router.on('GET', path, () => undefined, route);
    const onRequest = async ({ learner }: FastifyRequest) => {
      if (learner && this.connects.isFlood(learner.id)) throw new AppError('request.rate');
    };
    const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
      if (request.ws && (await this.#pass(request, route))) reply.hijack();
    };
    const config = { access: 'learner' as const };
    const hooks = { onRequest, preHandler };
    this.#app.get(path, { websocket: true, config, ...hooks }, (socket, request) => {
      if (!request.learner) return socket.close(closeCodes.unauthorized);
      this.#heartbeats.add(socket);
      const channel = new WebSocketChannel(socket);
      this.#serve(channel, route, addressOf(request), request.learner, request.log);
    });
  }

  /** Serves a channel that came without a WebSocket; `path` is where that would have gone. */
  open(channel: Channel, path: string, learner: Learner): void {
    const found = this.#router.find('GET', path);
    const address = { params: found?.params, query: queryOf(path) };
    if (found) this.#serve(channel, found.store as Route, address, learner, this.#app.log);
    else channel.close(closeCodes.unknown);
  }

  /** Has the runner answer a WebSocket. @returns false when we must, if only to say what is wrong. */
  async #pass(request: FastifyRequest, route: Route): Promise<boolean> {
    const { learner } = request;
    if (!learner || !route.runnerPath || !this.#proxies) return false;
    const path = await route.runnerPath(addressOf(request), learner).catch(() => undefined);
    const leave = path === undefined ? null : this.#enter(route, learner);
    if (path === undefined || !leave) return false;
    const isPassed = await this.#proxies.pass(request.raw, path, leave);
    if (!isPassed) leave();
    return isPassed;
  }

  /** Takes a place of the learner's. @returns how to give it back, null when there is none. */
  #enter({ path, bounds }: Route, learner: Learner): (() => void) | null {
    if (!this.connects.take(learner.id)) return null;
    const giveBack = this.#places.take([
      [learner.id, maxChannels],
      [`${learner.id} ${path}`, bounds.most],
    ]);
    if (!giveBack || bounds.restMs === 0) return giveBack;
    return () => void setTimeout(giveBack, bounds.restMs).unref();
  }

  #serve(
    channel: Channel,
    route: Route,
    address: StreamAddress,
    learner: Learner,
    log: FastifyBaseLogger,
  ): void {
    const leave = this.#enter(route, learner);
    if (!leave) {
      channel.close(closeCodes.tooFast);
      return;
    }
    channel.on('close', leave);
    route.handle(channel, address, learner).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) log.error({ err: error }, 'a stream failed');
      channel.close(code ?? 1011);
    });
  }
}

const addressOf = ({ params, url }: FastifyRequest): StreamAddress => ({
  params,
  query: queryOf(url),
});

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
