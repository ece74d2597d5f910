/** What a machine was found to be fit for, short enough to be read out. */
export interface Preflight {
  /** How streams reach the server; null: not at all. */
  way: 'websocket' | 'http' | 'poll' | null;
  /** Of a small request, the median. */
  roundTripMs: number;
  clipboard: 'untried' | 'works' | 'fails';
  keyboard: 'untried' | 'works' | 'full-width';
  cjkFont: boolean;
  monospaced: boolean;
  /** Days since the epoch, UTC. */
  day: number;
}

/** Why a machine is not green; those that stop a learner come first. */
export type PreflightReason =
  | 'no-stream'
  | 'full-width'
  | 'slow'
  | 'polls'
  | 'no-cjk'
  | 'not-monospaced'
  | 'clipboard-fails'
  | 'keyboard-untried'
  | 'clipboard-untried';

/** Keys are echoed after a round trip; beyond that typing feels bad (docs/performance.md). */
const slowMs = 200;

export function reasonsOf(result: Preflight): PreflightReason[] {
  const { way, roundTripMs, clipboard, keyboard, cjkFont, monospaced } = result;
  const found: [boolean, PreflightReason][] = [
    [way === null, 'no-stream'],
    [keyboard === 'full-width', 'full-width'],
    [way !== null && roundTripMs > slowMs, 'slow'],
    [way === 'poll', 'polls'],
    [!cjkFont, 'no-cjk'],
    [!monospaced, 'not-monospaced'],
    [clipboard === 'fails', 'clipboard-fails'],
    [keyboard === 'untried', 'keyboard-untried'],
    [clipboard === 'untried', 'clipboard-untried'],
  ];
  return found.flatMap(([applies, reason]) => (applies ? [reason] : []));
}

/** Crockford's base 32, as all codes of ours. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ways = [null, 'websocket', 'http', 'poll'] as const;
const clipboards = ['untried', 'works', 'fails'] as const;
const keyboards = ['untried', 'works', 'full-width'] as const;
/** Upper bounds; beyond the last it is slower still. */
const roundTripsMs = [5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 600, 1000, 2000, 5000];

interface Field {
  size: number;
  write: (result: Preflight) => number;
}
/** In this order, the last one in the lowest place. */
const fields: readonly Field[] = [
  { size: 4, write: ({ way }) => ways.indexOf(way) },
  { size: 16, write: ({ roundTripMs }) => bucketOf(roundTripMs) },
  { size: 4, write: ({ clipboard }) => clipboards.indexOf(clipboard) },
  { size: 4, write: ({ keyboard }) => keyboards.indexOf(keyboard) },
  { size: 2, write: ({ cjkFont }) => Number(cjkFont) },
  { size: 2, write: ({ monospaced }) => Number(monospaced) },
  { size: 2 ** 13, write: ({ day }) => day - firstDay },
];
/** 1 January 2026; the field is enough for 22 years. */
const firstDay = 20_454;
const checkSize = 2 ** 15;

const bucketOf = (ms: number): number => {
  const found = roundTripsMs.findIndex((most) => ms <= most);
  return found < 0 ? roundTripsMs.length : found;
};

/** Multiplies and mixes, so that one wrong symbol changes it. */
const checkOf = (payload: number): number => {
  let sum = 0x811c9dc5;
  for (let rest = payload; rest > 0; rest = Math.floor(rest / 32))
    sum = Math.imul(sum ^ (rest % 32), 0x01000193) >>> 0;
  return ((sum ^ (sum >>> 15)) >>> 0) % checkSize;
};

/** The result as `ABCD-EFGH`: what it says is in it, no server keeps it. */
export function codeOf(result: Preflight): string {
  const payload = fields.reduce((sum, { size, write }) => sum * size + write(result), 0);
  let rest = payload * checkSize + checkOf(payload);
  let text = '';
  for (let n = 0; n < codeLength; n += 1) {
    text = symbols[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}
/** 12 bits of results, 13 of the day and 15 against typing errors. */
const codeLength = 8;

/** What a code says, however it was typed; null when it is none. */
export function readCode(typed: string): Preflight | null {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const digits = [...plain].map((symbol) => symbols.indexOf(symbol));
  if (digits.length !== codeLength || digits.includes(-1)) return null;
  const whole = digits.reduce((sum, digit) => sum * 32 + digit, 0);
  const payload = Math.floor(whole / checkSize);
  if (checkOf(payload) !== whole % checkSize) return null;
  return readPayload(payload);
}

function readPayload(payload: number): Preflight | null {
  let rest = payload;
  const values = fields.toReversed().map(({ size }) => {
    const value = rest % size;
    rest = Math.floor(rest / size);
    return value;
  });
  const [day = 0, monospaced, cjkFont, keyboard = 0, clipboard = 0, trip = 0, way = 0] = values;
  const [typing, pasting] = [keyboards[keyboard], clipboards[clipboard]];
  if (rest > 0 || !typing || !pasting) return null;
  return {
    ...{ way: ways[way] ?? null, keyboard: typing, clipboard: pasting },
    ...{ cjkFont: cjkFont === 1, monospaced: monospaced === 1, day: day + firstDay },
    roundTripMs: roundTripsMs[trip] ?? 10_000,
  };
}
