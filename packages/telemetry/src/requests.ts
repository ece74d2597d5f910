import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Machines ask every few seconds: its log line is one of `debug`. */
    probe?: boolean;
    /** It is answered for as long as somebody listens: how long says nothing of how fast we are. */
    lasting?: boolean;
  }
}

/** How a request ended; nothing of it is the caller's choice but the method, of which Node takes some thirty. */
export interface EndedRequest {
  method: string;
  /** The pattern of the route; `unknown` where there is none. */
  route: string;
  /** 101 of a WebSocket, whenever that ends. */
  status: number;
  durationMs: number;
  /** The connection was gone before the answer was. */
  aborted: boolean;
}

/** Calls `onEnd` once for every request, aborted ones and WebSockets included. Register before other hooks. */
export function watchRequests(
  app: FastifyInstance,
  onEnd: (request: FastifyRequest, ended: EndedRequest) => void,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const beganMs = performance.now();
    reply.raw.once('close', () => {
      const durationMs = Math.round((performance.now() - beganMs) * 10) / 10;
      onEnd(request, { ...endOf(request, reply), durationMs });
    });
    done();
  });
}

function endOf(request: FastifyRequest, reply: FastifyReply): Omit<EndedRequest, 'durationMs'> {
  const { method, routeOptions } = request;
  // A WebSocket's answer is written past fastify's.
  const isUpgraded = reply.sent && !reply.raw.headersSent;
  return {
    method,
    route: routeOptions.url ?? 'unknown',
    status: isUpgraded ? 101 : reply.statusCode,
    aborted: !isUpgraded && !reply.raw.writableFinished,
  };
}
