import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey, Rates } from './rates.ts';

const name = 'tatami_guest';
/** New browsers of one address: a class of 200 and their reloads at once, then five a second. */
const perAddress = { perSecond: 5, burst: 400 };

/**
 * Tells browsers apart that have no session yet, so that a class behind one address does not pay for what one of them
 * does. A cookie comes with the page; how many an address gets is bounded, and who has none is counted by address.
 */
export class Guests {
  readonly #secure: boolean;
  readonly #addresses = new Rates(perAddress);

  constructor(secure: boolean) {
    this.#secure = secure;
  }

  /** Gives a browser its cookie with a page, unless it has one. */
  greet(request: FastifyRequest, reply: FastifyReply): void {
    if (readGuest(request) || !this.#addresses.take(addressKey(request.ip))) return;
    reply.setCookie(name, randomBytes(12).toString('hex'), {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      secure: this.#secure,
      path: '/',
    });
  }
}

function readGuest(request: FastifyRequest): string | null {
  const raw = request.cookies[name];
  if (!raw) return null;
  const { valid, value } = request.unsignCookie(raw);
  return valid ? value : null;
}

/** Whose requests are counted together: a browser's, or an address's that brings no cookie. */
export function guestOf(request: FastifyRequest): string {
  const guest = readGuest(request);
  return guest ? `guest ${guest}` : `address ${addressKey(request.ip)}`;
}

/** Limits of a route by browser; by address there is room for a class of 200. */
export const perMinuteAndGuest = (max: number) => ({
  max: (_request: FastifyRequest, key: string) => (key.startsWith('guest ') ? max : 600),
  timeWindow: 60_000,
  keyGenerator: guestOf,
});
