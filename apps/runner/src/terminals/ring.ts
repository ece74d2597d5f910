/** A terminal that shows a prompt and little else needs no more. */
const firstBlockBytes = 2 * 1024;
/** Also the most that one read of a PTY gives: a frame of this size costs little a byte. */
const lastBlockBytes = 64 * 1024;
/** What comes in pieces of this size and more is kept as it came, for a copy costs more than a frame too many. */
const ownBlockBytes = lastBlockBytes / 2;

interface Block {
  /** Offset of its first byte. */
  start: number;
  bytes: Buffer;
  length: number;
}

const endOf = ({ start, length }: Block): number => start + length;

/**
 * The last bytes of a stream, addressed by absolute offset: at least `capacity` of them, once there are
 * as many. Small pieces are copied, so that they join into large frames, into blocks that are never
 * written twice: what `read` gives stays as it is. Large ones are kept, and are the ring's from then on.
 */
export class Ring {
  readonly #capacity: number;
  readonly #onDrop: (bytes: Buffer, offset: number) => void;
  readonly #blocks: Block[] = [];
  #start: number;
  #end: number;

  /** @param start offset of the first byte that will be appended. @param onDrop is given what is let go, in order. */
  constructor(
    capacity: number,
    start = 0,
    onDrop: (bytes: Buffer, offset: number) => void = () => undefined,
  ) {
    this.#capacity = capacity;
    this.#onDrop = onDrop;
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
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.#take(rest));
    this.#drop();
  }

  /** Up to `max` bytes from `offset`, which must lie between `start` and `end`; none only at the end. */
  read(offset: number, max = Number.POSITIVE_INFINITY): Buffer {
    if (offset < this.#start || offset > this.#end)
      throw new RangeError(`offset ${offset} is not held`);
    // Mostly the last: who is caught up reads there.
    const block = this.#blocks.findLast(({ start }) => start <= offset);
    if (!block) return Buffer.of();
    const at = offset - block.start;
    return block.bytes.subarray(at, Math.min(block.length, at + max));
  }

  /** Takes the first of these bytes. @returns how many. */
  #take(bytes: Buffer): number {
    const last = this.#blocks.at(-1);
    const isFull = !last || last.length === last.bytes.length;
    if (isFull && bytes.length >= ownBlockBytes) {
      this.#blocks.push({ start: this.#end, bytes, length: bytes.length });
      this.#end += bytes.length;
      return bytes.length;
    }
    const block = isFull ? this.#add(last) : last;
    const copied = bytes.copy(block.bytes, block.length);
    block.length += copied;
    this.#end += copied;
    return copied;
  }

  #add(last: Block | undefined): Block {
    const size = last ? Math.min(2 * last.bytes.length, lastBlockBytes) : firstBlockBytes;
    // Not of the pool that small buffers share: one held would hold all.
    const block = { start: this.#end, bytes: Buffer.allocUnsafeSlow(size), length: 0 };
    this.#blocks.push(block);
    return block;
  }

  #drop(): void {
    for (;;) {
      const first = this.#blocks[0];
      if (!first || this.#end - endOf(first) < this.#capacity) return;
      this.#blocks.shift();
      this.#start = endOf(first);
      this.#onDrop(first.bytes.subarray(0, first.length), first.start);
    }
  }
}
