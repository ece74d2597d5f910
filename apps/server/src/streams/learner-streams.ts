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
import type { SignedIn, StaffSessions } from '../accounts/staff-sessions.ts';
import { refusalOf } from '../http/access.ts';
import { accessOf, permissions } from '../http/permissions.ts';
import type { Learner } from '../sessions/learners.ts';
import type { Channel } from './channel.ts';
import { Connects } from './connects.ts';
import type { Handoffs } from './handoffs.ts';
import { OpenStreams, type Over } from './open-streams.ts';
import { Places } from './places.ts';
import { WebSocketChannel } from './web-socket-channel.ts';

const closeCodeOf: Partial<Record<ErrorCode, CloseCode>> = {
  'session.missing': closeCodes.unauthorized,
  'account.missing': closeCodes.unauthorized,
  'account.forbidden': closeCodes.unauthorized,
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

type Handle<Who> = (channel: Channel, address: StreamAddress, who: Who) => Promise<void>;

interface Bounds {
  /** Of one learner or account at once. */
  most: number;
  /** A place is taken until then after its stream has closed: to open costs too. */
  restMs: number;
}

interface RouteOptions {
  bounds?: Bounds;
  /** Where the runner has the very stream: a WebSocket need not pass this process. */
  runnerPath?: (address: StreamAddress, learner: Learner) => Promise<string>;
}

/** Who a request's cookies name. */
export type Visitor = Pick<FastifyRequest, 'learner' | 'account'>;

/** Whoever a stream is opened for: bounds are counted by the id. */
interface Party {
  id: string;
  handle: (channel: Channel, address: StreamAddress) => Promise<void>;
  runnerPath: ((address: StreamAddress) => Promise<string>) | undefined;
  /** Of the staff: the stream ends with it. */
  sessionId: string | undefined;
}

interface Route {
  path: string;
  /** Null when the visitor may not open it. */
  partyOf: (visitor: Visitor) => Party | null;
  bounds: Bounds;
}
type Added = Omit<Route, 'bounds'> & { bounds?: Bounds | undefined };

interface Parts {
  /** None where every WebSocket is to pass this process. */
  handoffs: Handoffs | null;
  staffSessions: StaffSessions;
  /** Another one in tests. */
  table?: typeof permissions;
}

/** The streams of learners and staff, each over a WebSocket or through a tunnel, and their limits. */
export class LearnerStreams {
  readonly #app: FastifyInstance;
  readonly #handoffs: Handoffs | null;
  readonly #staffSessions: StaffSessions;
  readonly #table: typeof permissions;
  readonly #router = findMyWay();
  /** Over all routes and by route. */
  readonly #places = new Places();
  readonly #ofSession = new Map<string, Set<Channel>>();
  readonly #open = new Set<Channel>();
  /** What streams are closed with from now on: the server ends. */
  #endCode: CloseCode | undefined;
  readonly connects = new Connects();
  readonly counts = new OpenStreams();
  readonly #heartbeats = new Heartbeats();

  constructor(app: FastifyInstance, { handoffs, staffSessions, table = permissions }: Parts) {
    this.#app = app;
    this.#handoffs = handoffs;
    this.#table = table;
    this.#staffSessions = staffSessions;
    staffSessions.on('ended', (sessionId) => this.#endSession(sessionId));
    const heartbeat = setInterval(() => this.#heartbeats.beat(), heartbeatMs);
    app.addHook('onClose', async () => clearInterval(heartbeat));
  }

  /** A stream of learners at a path; over a WebSocket, one without a session is closed with 4005. */
  route(path: string, handle: Handle<Learner>, { bounds, runnerPath }: RouteOptions = {}): void {
    const partyOf = ({ learner }: Visitor): Party | null =>
      learner && {
        id: learner.id,
        handle: (channel, address) => handle(channel, address, learner),
        runnerPath: runnerPath && ((address) => runnerPath(address, learner)),
        sessionId: undefined,
      };
    this.#add({ path, partyOf, bounds });
  }

  /**
   * A stream of the staff, as {@link route}; the table of permissions says from which role on. It always passes this
   * process, which ends it with the session.
   */
  staffRoute(
    path: string,
    handle: Handle<SignedIn>,
    { bounds }: Pick<RouteOptions, 'bounds'> = {},
  ): void {
    const partyOf = (visitor: Visitor): Party | null => {
      const { account } = visitor;
      if (!account || refusalOf(accessOf('GET', path, this.#table), visitor)) return null;
      return {
        id: account.id,
        handle: async (channel, address) => {
          // The session may have ended while the request came.
          channel.pause();
          const isLive = await this.#staffSessions.isLive(account.sessionId);
          if (!isLive) throw new AppError('account.missing');
          channel.resume();
          await handle(channel, address, account);
        },
        runnerPath: undefined,
        sessionId: account.sessionId,
      };
    };
    this.#add({ path, partyOf, bounds });
  }

  /**
   * Serves a channel that came without a WebSocket; `path` is where that would have gone.
   * @returns false, and nothing is done, when the visitor floods.
   */
  open(channel: Channel, path: string, visitor: Visitor & { learner: Learner }): boolean {
    const found = this.#router.find('GET', path);
    const route = found ? (found.store as Route) : null;
    const party = route?.partyOf(visitor);
    const id = party?.id ?? visitor.learner.id;
    if (this.connects.isFlood(id)) return false;
    const address = { params: found?.params, query: queryOf(path) };
    const served = { over: 'tunnel', log: this.#app.log } as const;
    if (route && party && !this.#endCode) this.#serve(channel, route, address, visitor, served);
    else this.#refuse(channel, id, route ? closeCodes.unauthorized : closeCodes.unknown);
    return true;
  }

  /** Closes all streams with this code, and those that would follow. */
  end(code: CloseCode): void {
    this.#endCode = code;
    for (const channel of [...this.#open]) channel.close(code);
  }

  /** What leads nowhere counts too: to answer it costs as much. */
  #refuse(channel: Channel, id: string, code: CloseCode): void {
    const isInTime = this.connects.take(id);
    channel.close(isInTime ? (this.#endCode ?? code) : closeCodes.tooFast);
  }

  #add({ path, partyOf, bounds = { most: maxChannels, restMs: 0 } }: Added): void {
    const route: Route = { path, partyOf, bounds };
    this.#router.on('GET', path, () => undefined, route);
    const onRequest = async (request: FastifyRequest) => {
      const party = partyOf(request);
      if (party && this.connects.isFlood(party.id)) throw new AppError('request.rate');
    };
    const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
      if (request.ws && (await this.#handOver(request, route))) reply.hijack();
    };
    this.#app.get(path, { websocket: true, onRequest, preHandler }, (socket, request) => {
      if (!partyOf(request)) return socket.close(closeCodes.unauthorized);
      this.#heartbeats.add(socket);
      const channel = new WebSocketChannel(socket);
      const served = { over: 'websocket', log: request.log } as const;
      this.#serve(channel, route, addressOf(request), request, served);
    });
  }

  /** Has the runner answer a WebSocket. @returns false when we must, if only to say what is wrong. */
  async #handOver(request: FastifyRequest, route: Route): Promise<boolean> {
    const party = route.partyOf(request);
    if (!party?.runnerPath || !this.#handoffs || this.#endCode) return false;
    const path = await party.runnerPath(addressOf(request)).catch(() => undefined);
    const leave = path === undefined ? null : this.#enter(route, party.id, 'runner');
    if (path === undefined || !leave) return false;
    const isGiven = await this.#handoffs.give(request.raw, path, leave);
    if (!isGiven) leave();
    return isGiven;
  }

  /** Takes a place of the party's. @returns how to give it back, null when there is none. */
  #enter({ path, bounds }: Route, id: string, over: Over): (() => void) | null {
    if (!this.connects.take(id)) return null;
    const giveBack = this.#places.take([
      [id, maxChannels],
      [`${id} ${path}`, bounds.most],
    ]);
    if (!giveBack) return null;
    const leave = this.counts.add(path, over);
    return () => {
      leave();
      if (bounds.restMs === 0) giveBack();
      else setTimeout(giveBack, bounds.restMs).unref();
    };
  }

  #serve(
    channel: Channel,
    route: Route,
    address: StreamAddress,
    visitor: Visitor,
    { over, log }: { over: Over; log: FastifyBaseLogger },
  ): void {
    const party = route.partyOf(visitor);
    if (!party || this.#endCode) {
      channel.close(this.#endCode ?? closeCodes.unauthorized);
      return;
    }
    const leave = this.#enter(route, party.id, over);
    if (!leave) {
      channel.close(closeCodes.tooFast);
      return;
    }
    this.#open.add(channel);
    channel.on('close', () => {
      this.#open.delete(channel);
      leave();
    });
    if (party.sessionId) this.#endsWith(party.sessionId, channel);
    party.handle(channel, address).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) log.error({ err: error }, 'a stream failed');
      channel.close(code ?? 1011);
    });
  }

  #endSession(sessionId: string): void {
    for (const channel of [...(this.#ofSession.get(sessionId) ?? [])])
      channel.close(closeCodes.unauthorized);
  }

  #endsWith(sessionId: string, channel: Channel): void {
    const channels = this.#ofSession.get(sessionId) ?? new Set();
    this.#ofSession.set(sessionId, channels.add(channel));
    channel.on('close', () => {
      channels.delete(channel);
      if (channels.size === 0) this.#ofSession.delete(sessionId);
    });
  }
}

const addressOf = ({ params, url }: FastifyRequest): StreamAddress => ({
  params,
  query: queryOf(url),
});

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
