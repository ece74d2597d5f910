import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError } from './described-error.ts';

/** What nobody writes on purpose; a library might. The WebSocket plugin logs an address as `path`. */
const secrets = [
  ...['path', 'url', 'headers', 'cookie', 'cookies', 'authorization', 'set-cookie'],
  ...['token', 'password', 'pin', 'joinCode', 'resumeCode', 'personalCode'],
];

/**
 * How both services log: a JSON object a line. Of a request only its route's pattern is written, for addresses hold join
 * codes and tickets; of an error what {@link describeError} takes.
 */
export const logOptions = (service: 'server' | 'runner', level: string) => ({
  level,
  base: { service, pid: process.pid },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label: string) => ({ level: label }) },
  serializers: {
    err: describeError,
    req: ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions?.url }),
    res: ({ statusCode }: Pick<FastifyReply, 'statusCode'>) => ({ status: statusCode }),
  },
  redact: { paths: secrets.flatMap((key) => [`["${key}"]`, `*["${key}"]`]), remove: true },
});
