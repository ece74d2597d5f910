import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';

const name = 'tatami_session';
const maxAgeS = 365 * 24 * 3600;

/** The key that cookies are signed with; made once, readable by the server alone. */
export function signingKey(dataDir: string): string {
  const path = join(dataDir, 'cookie.key');
  if (!existsSync(path))
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8');
}

/** The learner's id in a cookie that we signed, or null. */
export function readSession(request: FastifyRequest): string | null {
  const raw = request.cookies[name];
  if (!raw) return null;
  const { valid, value } = request.unsignCookie(raw);
  return valid ? value : null;
}

export const clearSession = (reply: FastifyReply): unknown =>
  reply.clearCookie(name, { path: '/' });

export function writeSession(reply: FastifyReply, learnerId: string, secure: boolean): void {
  reply.setCookie(name, learnerId, {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    path: '/',
    maxAge: maxAgeS,
  });
}
