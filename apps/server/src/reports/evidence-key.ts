import type { KeyObject } from 'node:crypto';
import { newSigningKey, signingKeyOf } from '@tatami/report';
import { keptSecret } from '../store/kept-secret.ts';

/** What this server seals files with, in the data folder; made when there is none. */
export const evidenceKey = (dataDir: string): KeyObject =>
  signingKeyOf(keptSecret(dataDir, 'evidence.key', newSigningKey));
