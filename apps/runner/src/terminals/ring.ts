/** Chunks smaller than this are joined, so that a slow typist does not cost a Buffer a key. */
const joinBelowBytes = 4096;

/** The last `capacity` bytes of a stream, addressed by absolute offset. */
export class Ring {
  readonly #capacity: number;
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;

  /** @param start offset of the first byte that will be appended. */
  constructor(capacity: number, start = 0) {
    this.#capacity = capacity;
    this.#start = start;
    this.#end = start;
  }

  /** Offset of the first byte held. */
  get start(): number {
    return this.#start;
  }

  /** Offset after the last byte: how many were ever appended. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Buffer): void {
    const last = this.#chunks.at(-1);
    if (last && last.length + bytes.length <= joinBelowBytes) {
      this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, bytes]);
    } else {
      this.#chunks.push(bytes);
    }
    this.#end += bytes.length;
    while (this.#end - this.#start > this.#capacity) {
      const first = this.#chunks[0] as Buffer;
      const excess = this.#end - this.#start - this.#capacity;
      const dropped = Math.min(excess, first.length);
      if (dropped === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(dropped);
      this.#start += dropped;
    }
  }

  /** Bytes from `offset`, which must lie between `start` and `end`. */
  from(offset: number): Buffer {
    if (offset < this.#start || offset > this.#end)
      throw new RangeError(`offset ${offset} is not held`);
    return Buffer.concat(this.#chunks).subarray(offset - this.#start);
  }
}
