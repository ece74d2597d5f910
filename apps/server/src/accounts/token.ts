import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as cookies and links carry them. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token: who reads the database cannot use it. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The id of an account, a session or an invitation; it proves nothing. */
export const newId = (): string => randomBytes(8).toString('hex');
