import { randomInt } from 'node:crypto';

/** Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** That many random symbols, five bits each. */
export const randomSymbols = (length: number): string =>
  Array.from({ length }, () => symbols[randomInt(symbols.length)]).join('');

/** Typed symbols as they were given out, whatever case, spaces or look-alikes were typed; null for anything else. */
export function readSymbols(typed: string, length: number): string | null {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return plain.length === length && [...plain].every((symbol) => symbols.includes(symbol))
    ? plain
    : null;
}

/** Hyphens after every so many symbols. */
export const grouped = (plain: string, size: number): string =>
  plain.match(new RegExp(`.{${size}}`, 'g'))?.join('-') ?? '';
