import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { keptSecret } from '../store/kept-secret.ts';

/** RSA with 2048 bits: the one kind that every platform takes (LTI security framework, 5.1.1). */
const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

/** What this server proves itself with to platforms. */
export interface ToolKey {
  id: string;
  key: KeyObject;
  /** For `GET /api/lti/keys`. */
  jwk: JWK;
}

/** The key in the data folder, made when there is none. */
export async function toolKey(dataDir: string): Promise<ToolKey> {
  const key = createPrivateKey(keptSecret(dataDir, 'lti.key', newKey));
  const jwk = await exportJWK(createPublicKey(key));
  const id = await calculateJwkThumbprint(jwk);
  return { id, key, jwk: { ...jwk, kid: id, alg: 'RS256', use: 'sig' } };
}
