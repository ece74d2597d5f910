import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** A fresh Ed25519 key (RFC 8032) as PKCS#8 PEM: what a server keeps to itself. */
export const newSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** @throws when it is no Ed25519 key. */
export const signingKeyOf = (pem: string): KeyObject => ed25519(createPrivateKey(pem));

/** Of a PEM with a public key, or a private one. @throws when it is no Ed25519 key. */
export const publicKeyOf = (pem: string | KeyObject): KeyObject => ed25519(createPublicKey(pem));

export const publicPem = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

export const publicDer = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** How people tell keys apart: SHA-256 of the public key, hexadecimal in groups of four. */
export function fingerprintOf(key: KeyObject): string {
  const digest = createHash('sha256').update(publicDer(key)).digest('hex');
  return digest.match(/.{4}/g)?.join(' ') ?? digest;
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('it is not an Ed25519 key');
  return key;
}
