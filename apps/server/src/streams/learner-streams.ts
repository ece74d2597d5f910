import { AppError, type CloseCode, closeCodes, type ErrorCode } from '@tatami/protocol';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import type { Learner } from '../sessions/learners.ts';
import type { Channel } from './channel.ts';
import { Connects } from './connects.ts';
import { Places } from './places.ts';
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

interface Route {
  path: string;
  handle: Handle;
  bounds: Bounds;
}

/** The streams of learners, each over a WebSocket or through a tunnel, and their limits. */
export class LearnerStreams {
  readonly #app: FastifyInstance;
  readonly #router = findMyWay();
  /** Of learners, over all routes and by route. */
  readonly #places = new Places();
  readonly connects = new Connects();

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  /** A stream at a path; over a WebSocket, one without a session is closed with 4005. */
  route(path: string, handle: Handle, bounds: Bounds = { most: maxChannels, restMs: 0 }): void {
    const route: Route = { path, handle, bounds };
    this.#router.on('GET', path, () => undefined, route);
    const onRequest = async ({ learner }: FastifyRequest) => {
      if (learner && this.connects.isFlood(learner.id)) throw new AppError('request.rate');
    };
    const config = { access: 'learner' as const };
    this.#app.get(path, { websocket: true, config, onRequest }, (socket, request) => {
      if (!request.learner) return socket.close(closeCodes.unauthorized);
      const channel = new WebSocketChannel(socket);
      const address = { params: request.params, query: queryOf(request.url) };
      this.#serve(channel, route, address, request.learner, request.log);
    });
  }

  /** Serves a channel that came without a WebSocket; `path` is where that would have gone. */
  open(channel: Channel, path: string, learner: Learner): void {
    const found = this.#router.find('GET', path);
    const address = { params: found?.params, query: queryOf(path) };
    if (found) this.#serve(channel, found.store as Route, address, learner, this.#app.log);
    else channel.close(closeCodes.unknown);
  }

  #serve(
    channel: Channel,
    { path, handle, bounds }: Route,
    address: StreamAddress,
    learner: Learner,
    log: FastifyBaseLogger,
  ): void {
    const giveBack = this.connects.take(learner.id)
      ? this.#places.take([
          [learner.id, maxChannels],
          [`${learner.id} ${path}`, bounds.most],
        ])
      : null;
    if (!giveBack) {
      channel.close(closeCodes.tooFast);
      return;
    }
    channel.on('close', () => {
      if (bounds.restMs === 0) giveBack();
      else setTimeout(giveBack, bounds.restMs).unref();
    });
    handle(channel, address, learner).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) log.error({ err: error }, 'a stream failed');
      channel.close(code ?? 1011);
    });
  }
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
