import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { ChainEntry } from './chain.ts';
import { publicDer } from './signing-key.ts';

/**
 * A sealed file is its body, then a hash chain over the body's pieces, then who vouches for the chain's end:
 *
 *     body LINKS_OPEN link \n link \n ... LINKS_CLOSE seal SEAL_CLOSE
 *
 * A link is SHA-256 of the link before it and one piece (32 zero bytes before the first), in base64url. The seal is the
 * canonical JSON of {@link Seal}; its entry of the server's chain has the last link as its digest.
 */
export const pieceBytes = 1024;
export const linksOpen = '<script type="text/plain" id="tatami-links">\n';
export const linksClose = '</script>\n<script type="application/json" id="tatami-seal">';
export const sealClose = '</script>\n</body>\n</html>\n';
/** Characters of one link and the line feed behind it. */
export const linkLength = 44;

/** Of several texts that say the same bytes one is written, so that no character of it can be another unnoticed. */
const isCanonical = (base64: string): boolean =>
  Buffer.from(base64, 'base64').toString('base64') === base64;

export const Seal = z.strictObject({
  bodyBytes: z.int().nonnegative(),
  entry: ChainEntry,
  format: z.literal(1),
  /** SubjectPublicKeyInfo (RFC 8410) in base64. It says whose signature it is, not that they are to be trusted. */
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{59}=$/)
    .refine(isCanonical),
  /** Ed25519 over the canonical JSON of `bodyBytes`, `entry` and `format`, in base64. */
  signature: z
    .string()
    .regex(/^[A-Za-z0-9+/]{86}==$/)
    .refine(isCanonical),
});
export type Seal = z.infer<typeof Seal>;

export const linkOf = (before: Buffer, piece: Buffer): Buffer =>
  createHash('sha256').update(before).update(piece).digest();

/** The links over a body, one per piece; an empty body has one too. */
export function linksOf(body: Buffer): Buffer[] {
  const links: Buffer[] = [];
  let link: Buffer = Buffer.alloc(32);
  for (let at = 0; at === 0 || at < body.length; at += pieceBytes) {
    link = linkOf(link, body.subarray(at, at + pieceBytes));
    links.push(link);
  }
  return links;
}

export const linksText = (links: Buffer[]): string =>
  links.map((link) => `${link.toString('base64url')}\n`).join('');

const statementOf = ({ bodyBytes, entry, format }: Seal): Buffer =>
  Buffer.from(canonicalJson({ bodyBytes, entry, format }));

export const sealText = (seal: Seal): string => canonicalJson(seal satisfies Json);

/** Whether the signature is that of the key which the seal names. */
export function isSigned(seal: Seal): boolean {
  const key = keyOf(seal);
  return (
    key !== null && verify(null, statementOf(seal), key, Buffer.from(seal.signature, 'base64'))
  );
}

/** The key that a seal names; null when it is none. */
export function keyOf({ publicKey }: Seal): KeyObject | null {
  try {
    const der = Buffer.from(publicKey, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

/** Seals a body. `record` puts the digest into the server's chain and gives its entry. */
export async function sealed(
  text: string,
  key: KeyObject,
  record: (digest: string) => Promise<ChainEntry>,
): Promise<Buffer> {
  const body = Buffer.from(text);
  const links = linksOf(body);
  const entry = await record(links.at(-1)?.toString('hex') ?? '');
  const unsigned: Seal = {
    ...{ bodyBytes: body.length, entry, format: 1, signature: '' },
    publicKey: publicDer(createPublicKey(key)).toString('base64'),
  };
  const signature = sign(null, statementOf(unsigned), key).toString('base64');
  const seal = sealText({ ...unsigned, signature });
  return Buffer.concat([
    body,
    Buffer.from(linksOpen + linksText(links) + linksClose + seal + sealClose),
  ]);
}
