import { asAppError } from '@tatami/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** Answers addresses that cannot be read. No hook sees them, so nobody else ends the connection of an upgrade. */
export function refuseUnreadable(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = asAppError(error);
  if (request.headers.upgrade) reply.raw.once('finish', () => request.raw.socket.destroySoon());
  reply.code(status).header('connection', 'close').send(body);
}
