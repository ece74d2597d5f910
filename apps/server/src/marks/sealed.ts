import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, commitmentOf, type Json, newSalt } from '@tatami/report';

/**
 * A record in two parts. What the chain holds is a digest over the open part and the digest of the personal one, so
 * the personal part and its salt can be erased, and the open part is still proven.
 */
export interface Sealed {
  id: string;
  open: Json;
  /** Null once it was erased. */
  personal: { value: Json; salt: string } | null;
  personalDigest: string;
}

/** Seals a record; its {@link digestOf} belongs in the chain. */
export function seal(open: Json, personal: Json): Sealed {
  const salt = newSalt();
  return {
    id: randomBytes(8).toString('hex'),
    ...{ open, personal: { value: personal, salt } },
    personalDigest: commitmentOf(personal, salt),
  };
}

/** What stands in the chain for the record, before and after its personal part was erased. */
export const digestOf = ({ id, open, personalDigest }: Sealed): string =>
  createHash('sha256').update(canonicalJson({ id, open, personalDigest })).digest('hex');

/** Whether what is there of the record is what was sealed, as the chain's digest says. */
export function isIntact(sealed: Sealed, digest: string): boolean {
  const { personal, personalDigest } = sealed;
  if (digestOf(sealed) !== digest) return false;
  return personal === null || commitmentOf(personal.value, personal.salt) === personalDigest;
}
