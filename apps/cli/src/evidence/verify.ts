import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { exitCodes } from '@tatami/config';
import {
  type Change,
  fingerprintOf,
  publicKeyOf,
  type Verification,
  verifySealed,
} from '@tatami/report';
import { UserError } from '../user-error.ts';

/** A PEM with an Ed25519 key has about a hundred. */
const mostKeyBytes = 64 * 1024;
const timeoutMs = 10_000;

/** Sealed by the trusted key; not to be trusted; sealed, nobody knows by whom. */
const codes: Record<Verification['status'], number> = {
  genuine: exitCodes.done,
  changed: exitCodes.failed,
  unsealed: exitCodes.failed,
  'unknown-signer': exitCodes.failed,
  consistent: exitCodes.noTrustedKey,
};

/**
 * Says whether a sealed file is as the server sealed it. @returns the exit code.
 * @throws UserError when file or key cannot be read.
 */
export async function evidenceVerify(path: string, { key }: { key?: string }): Promise<number> {
  const file = await readFile(path).catch((cause: Error) => {
    throw new UserError(`${path} cannot be read: ${cause.message}`, { cause });
  });
  const trusted = key === undefined ? null : await trustedKey(key);
  const verification = verifySealed(file, trusted);
  process.stdout.write(`${path}: ${sentenceOf(verification, file)}\n`);
  return codes[verification.status];
}

/** The key in a file or at a URL. */
async function trustedKey(from: string): Promise<KeyObject> {
  try {
    const isUrl = /^https?:\/\//.test(from);
    return publicKeyOf(isUrl ? await fetched(from) : await readFile(from, 'utf8'));
  } catch (cause) {
    throw new UserError(`no Ed25519 key can be had from ${from}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function fetched(url: string): Promise<string> {
  if (!url.startsWith('https:') && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url))
    process.stderr.write(
      'The key comes over plain http: whoever is on the way can give another. Compare its fingerprint.\n',
    );
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  let text = '';
  for await (const part of answer.body ?? []) {
    text += Buffer.from(part).toString('latin1');
    if (text.length > mostKeyBytes) throw new Error('it is too large to be a key');
  }
  return text;
}

/** The outcome in a sentence. */
export function sentenceOf(found: Verification, file: Buffer): string {
  if (found.status === 'unsealed') return 'not sealed: it has no seal of Tatami, or not any more.';
  if (found.status === 'changed') return `changed: ${changeText(found.change, file)}`;
  const { entry, key } = found;
  const by = `key ${fingerprintOf(key)}`;
  const seal = `entry ${entry.seq} of its chain, at ${entry.at}, by ${by}`;
  if (found.status === 'genuine') return `genuine: unchanged since it was sealed (${seal}).`;
  if (found.status === 'unknown-signer')
    return `unknown signer: it is not the trusted key that sealed it, but ${by}.`;
  return `consistent, signer unknown: unchanged since it was sealed (${seal}). Give a key that you trust with --key to know whose it is.`;
}

function changeText({ part, kind, from, to, was, is }: Change, file: Buffer): string {
  const place = `${placeOf(file, from)}${part === 'report' ? '' : `, in its ${part}`}`;
  if (kind === 'replaced')
    return `byte ${from} (${place}) was ${byteText(was)}, is ${byteText(is)}.`;
  if (kind === 'added') return `byte ${from} (${place}), ${byteText(is)}, was added.`;
  if (kind === 'missing') return `before byte ${from} (${place}) ${byteText(was)} is missing.`;
  return `more than one byte, the first of them from byte ${from} to ${to - 1} (${place} on).`;
}

/** Line and, of a report, the section. */
function placeOf(file: Buffer, offset: number): string {
  const before = file.subarray(0, offset).toString('latin1');
  const line = before.split('\n').length;
  const section = /.*<(?:section|article)[^>]* id="([\w-]+)"/s.exec(before)?.[1];
  return section ? `line ${line}, section ${section}` : `line ${line}`;
}

function byteText(byte: number | undefined): string {
  if (byte === undefined) return 'another';
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  return byte > 0x20 && byte < 0x7f ? `${hex} "${String.fromCharCode(byte)}"` : hex;
}
