import { LinkToken } from '@tatami/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { maxSessionMs } from './staff-sessions.ts';

const name = 'tatami_staff';

/** The token of a session of the staff in this request, if it has the form of one. */
export const readStaffCookie = (request: FastifyRequest): string | undefined =>
  LinkToken.shape.token.safeParse(request.cookies[name]).data;

export function writeStaffCookie(reply: FastifyReply, token: string, secure: boolean): void {
  const maxAge = maxSessionMs / 1000;
  reply.setCookie(name, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge });
}

export const clearStaffCookie = (reply: FastifyReply): unknown =>
  reply.clearCookie(name, { path: '/' });
