import { randomBytes } from 'node:crypto';

/** Things that can be taken once, by a secret, for a while. The oldest make room when there are too many. */
export class Once<T> {
  readonly #lifetimeMs: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #held = new Map<string, { thing: T; until: number }>();

  constructor(lifetimeMs: number, most: number, now = () => performance.now()) {
    this.#lifetimeMs = lifetimeMs;
    this.#most = most;
    this.#now = now;
  }

  /** @returns the secret. */
  put(thing: T): string {
    const secret = randomBytes(24).toString('base64url');
    this.#forget();
    this.#held.set(secret, { thing, until: this.#now() + this.#lifetimeMs });
    return secret;
  }

  take(secret: string): T | undefined {
    this.#forget();
    const held = this.#held.get(secret);
    this.#held.delete(secret);
    return held?.thing;
  }

  /** In the order in which they were put. */
  #forget(): void {
    const now = this.#now();
    for (const [secret, { until }] of this.#held) {
      if (until > now && this.#held.size < this.#most) return;
      this.#held.delete(secret);
    }
  }
}
