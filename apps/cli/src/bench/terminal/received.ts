import { createHash } from 'node:crypto';

/** Holds what arrives to what was sent. */
export class Received {
  readonly #expected: Buffer;
  readonly #hash = createHash('sha256');
  #size = 0;
  /** Bytes from the start that are as they should be. */
  #right = 0;

  constructor(expected: Buffer) {
    this.#expected = expected;
  }

  get size(): number {
    return this.#size;
  }

  push(bytes: Buffer): void {
    this.#hash.update(bytes);
    if (this.#right === this.#size) this.#right += commonLength(bytes, this.#expected, this.#size);
    this.#size += bytes.length;
  }

  /** Of the bytes sent those that cannot be vouched for, and those that are too many: 0 when the checksums agree. */
  lost(): number {
    const expected = createHash('sha256').update(this.#expected).digest('hex');
    if (this.#hash.copy().digest('hex') === expected) return 0;
    const extra = Math.max(0, this.#size - this.#expected.length);
    return Math.max(1, this.#expected.length - this.#right + extra);
  }
}

function commonLength(bytes: Buffer, expected: Buffer, at: number): number {
  const same = expected.subarray(at, at + bytes.length);
  if (bytes.equals(same)) return bytes.length;
  return bytes.findIndex((byte, index) => byte !== same[index]);
}
