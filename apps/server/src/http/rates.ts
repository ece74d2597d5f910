import { isIPv6 } from 'node:net';
import { Rate } from '@tatami/protocol';

/** Whoever is forgotten begins with a fresh burst. */
const maxKeys = 10_000;

/** A budget for each key: who asks too often is refused until it has refilled, and nobody else is. */
export class Rates {
  readonly #options: { perSecond: number; burst: number };
  readonly #rates = new Map<string, Rate>();

  constructor(options: { perSecond: number; burst: number }) {
    this.#options = options;
  }

  /** @returns false when nothing is left. By a clock that does not jump. */
  take(key: string, now = performance.now()): boolean {
    return this.#of(key, now).takeIfLeft(now);
  }

  /** Whether `take` would be let. */
  isLeft(key: string, now = performance.now()): boolean {
    return this.#rates.get(key)?.isLeft(now) ?? true;
  }

  /** What was taken does not count after all. */
  give(key: string): void {
    this.#rates.get(key)?.give(1);
  }

  #of(key: string, now: number): Rate {
    const known = this.#rates.get(key);
    const rate = known ?? new Rate(this.#options, now);
    // The one used longest ago stands first, and goes first.
    this.#rates.delete(key);
    this.#rates.set(key, rate);
    const [oldest] = this.#rates.keys();
    if (this.#rates.size > maxKeys && oldest !== undefined) this.#rates.delete(oldest);
    return rate;
  }
}

/** An address to count by: of IPv6 the network, of which one subscriber has all addresses (RFC 6177). */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
