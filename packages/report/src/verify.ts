import type { KeyObject } from 'node:crypto';
import type { ChainEntry } from './chain.ts';
import { type Change, changeOfPiece, differenceOf } from './change.ts';
import {
  isSigned,
  keyOf,
  linkLength,
  linkOf,
  linksClose,
  linksOf,
  linksOpen,
  linksText,
  pieceBytes,
  Seal,
  sealClose,
  sealText,
} from './seal.ts';

/** What a file is, as far as its seal and the keys that are trusted tell. */
export type Verification =
  /** Nothing was changed since this key sealed it. `consistent`: no key was given to hold it to. */
  | {
      status: 'genuine' | 'consistent' | 'unknown-signer';
      entry: ChainEntry;
      key: KeyObject;
    }
  | { status: 'changed'; change: Change }
  | { status: 'unsealed' };

/** Holds a sealed file to its seal, and the seal to a trusted key, if there is one. */
export function verifySealed(file: Buffer, trusted: KeyObject | null): Verification {
  const at = sealAt(file);
  if (at === null) return { status: 'unsealed' };
  const end = Math.max(at, file.length - sealClose.length);
  const closing = differenceOf('seal', end, file.subarray(end), Buffer.from(sealClose));
  const readable = sealOf(file.subarray(at, closing ? sealEnd(file, at) : end).toString('latin1'));
  const seal = readable && isSigned(readable) ? readable : null;
  if (!seal) return { status: 'changed', change: changeOfSeal(file, at, end) };
  const change = changeOfBody(file, at - linksClose.length, seal) ?? closing;
  if (change) return { status: 'changed', change };
  const key = keyOf(seal) as KeyObject;
  const { entry } = seal;
  if (!trusted) return { status: 'consistent', entry, key };
  return { status: trusted.equals(key) ? 'genuine' : 'unknown-signer', entry, key };
}

/** Where the seal's JSON begins, also when one byte of what comes before it is another. */
function sealAt(file: Buffer): number | null {
  const marker = Buffer.from(linksClose);
  const exact = file.lastIndexOf(marker);
  if (exact >= 0) return exact + marker.length;
  for (let at = file.length - marker.length; at >= 0; at--) {
    let wrong = 0;
    for (let n = 0; n < marker.length && wrong < 2; n++) if (file[at + n] !== marker[n]) wrong++;
    if (wrong < 2) return at + marker.length;
  }
  return null;
}

/** Of a seal whose closing is not what it should be. */
const sealEnd = (file: Buffer, at: number): number =>
  file.indexOf('}', file.indexOf('"signature"', at)) + 1;

/** Null for what is not written as a seal is. */
function sealOf(text: string): Seal | null {
  try {
    const seal = Seal.parse(JSON.parse(text));
    return sealText(seal) === text ? seal : null;
  } catch {
    return null;
  }
}

/** What is wrong before the seal, which is as it was. */
function changeOfBody(file: Buffer, closeAt: number, { bodyBytes, entry }: Seal): Change | null {
  const count = Math.max(1, Math.ceil(bodyBytes / pieceBytes));
  const trailerAt = closeAt - count * linkLength - linksOpen.length;
  const body = file.subarray(0, bodyBytes);
  const links = linksOf(body);
  if (trailerAt === bodyBytes && links.at(-1)?.toString('hex') === entry.digest) {
    const trailer = linksOpen + linksText(links) + linksClose;
    const actual = file.subarray(bodyBytes, closeAt + linksClose.length);
    return differenceOf('links', bodyBytes, actual, Buffer.from(trailer));
  }
  const stored = storedLinks(file, closeAt, count);
  return stored.at(-1)?.toString('hex') === entry.digest
    ? changeOfPieces(file, bodyBytes, stored)
    : { part: 'links', kind: 'other', from: trailerAt, to: closeAt };
}

function storedLinks(file: Buffer, closeAt: number, count: number): Buffer[] {
  const text = file.subarray(closeAt - count * linkLength, closeAt).toString('latin1');
  return Array.from({ length: count }, (_, n) =>
    Buffer.from(text.slice(n * linkLength, (n + 1) * linkLength - 1), 'base64url'),
  );
}

function changeOfPieces(file: Buffer, bodyBytes: number, links: Buffer[]): Change {
  let before: Buffer = Buffer.alloc(32);
  for (const [n, after] of links.entries()) {
    const start = n * pieceBytes;
    const size = Math.min(pieceBytes, bodyBytes - start);
    if (!linkOf(before, file.subarray(start, start + size)).equals(after))
      return changeOfPiece(file.subarray(start, start + size + 1), { start, size, before, after });
    before = Buffer.from(after);
  }
  return { part: 'links', kind: 'other', from: bodyBytes, to: file.length };
}

/** Which byte of the seal is another, if with one more likely there the signature fits. */
function changeOfSeal(file: Buffer, at: number, end: number): Change {
  const text = file.subarray(at, end).toString('latin1');
  const likely = [
    ...new Set(`${text}0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/=`),
  ];
  for (let n = 0; n < text.length; n++)
    for (const character of likely) {
      const seal = sealOf(text.slice(0, n) + character + text.slice(n + 1));
      if (!seal || !isSigned(seal)) continue;
      const [was, is] = [character.charCodeAt(0), text.charCodeAt(n)];
      return { part: 'seal', kind: 'replaced', from: at + n, to: at + n + 1, was, is };
    }
  return { part: 'seal', kind: 'other', from: at, to: end };
}
