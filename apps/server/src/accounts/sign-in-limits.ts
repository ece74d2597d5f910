import { AppError } from '@tatami/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey, Rates } from '../http/rates.ts';
import { nameKeyOf } from './accounts.ts';
import { newToken } from './token.ts';

const every30s = 1 / 30;
/** Wrong passwords for one name, from browsers that were never signed in with it. */
const perName = { perSecond: every30s, burst: 5 };
/** Wrong passwords for any names from one address, which a whole class may share. */
const perAddress = { perSecond: 0.5, burst: 60 };
/** Wrong passwords from a browser that was signed in with this account before. */
const perKnownBrowser = { perSecond: every30s, burst: 10 };

const cookieName = 'tatami_known';
const cookieAgeS = 365 * 24 * 3600;

/**
 * Slows those who guess passwords. Whoever was signed in before has a budget of their own (a device cookie:
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies), so that nobody else's guesses,
 * from the same address too, keep them out.
 */
export class SignInLimits {
  readonly #names = new Rates(perName);
  readonly #addresses = new Rates(perAddress);
  readonly #known = new Rates(perKnownBrowser);
  readonly #secure: boolean;

  constructor(secure: boolean) {
    this.#secure = secure;
  }

  /**
   * Counts a try as wrong until it was right.
   * @returns what to call when it was right. @throws `account.wait`.
   */
  take(request: FastifyRequest, name: string, accountId: string | undefined): () => void {
    const known = accountId && this.#knownAs(request, accountId);
    if (known) return taken(this.#known, known);
    const giveBackAddress = taken(this.#addresses, addressKey(request.ip));
    const giveBackName = taken(this.#names, nameKeyOf(name));
    return () => {
      giveBackAddress();
      giveBackName();
    };
  }

  /** From now on this browser is known to belong to the account. */
  remember(request: FastifyRequest, reply: FastifyReply, accountId: string): void {
    if (this.#knownAs(request, accountId)) return;
    reply.setCookie(cookieName, `${accountId}.${newToken()}`, {
      ...{ signed: true, httpOnly: true, sameSite: 'lax', secure: this.#secure },
      ...{ path: '/api/account', maxAge: cookieAgeS },
    });
  }

  #knownAs(request: FastifyRequest, accountId: string): string | undefined {
    const { valid, value } = request.unsignCookie(request.cookies[cookieName] ?? '');
    return valid && value?.startsWith(`${accountId}.`) ? value : undefined;
  }
}

function taken(rates: Rates, key: string): () => void {
  if (!rates.take(key)) throw new AppError('account.wait');
  return () => rates.give(key);
}
