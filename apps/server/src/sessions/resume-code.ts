import { randomInt } from 'node:crypto';

/** Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 16;

/** 80 random bits as four groups of four, e.g. `7K2M-QW4X-90AB-CDEF`. */
export function newResumeCode(): string {
  return grouped(Array.from({ length }, () => symbols[randomInt(symbols.length)]).join(''));
}

/** The code as it was given out, whatever case, spaces or look-alikes were typed; null for anything else. */
export function normaliseResumeCode(typed: string): string | null {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return plain.length === length && [...plain].every((symbol) => symbols.includes(symbol))
    ? grouped(plain)
    : null;
}

const grouped = (plain: string): string => plain.match(/.{4}/g)?.join('-') ?? '';
