/** Bytes of a recording and the offset of the first. */
export interface Piece {
  offset: number;
  bytes: Uint8Array;
}

/** Four MiB at what is asked for at once. */
const heldPieces = 16;

/** Pieces of a recording as they are needed, the last few held. */
export class Pieces {
  readonly #end: number;
  readonly #read: (from: number) => Promise<Piece>;
  /** The longest unused first. */
  readonly #held: Piece[] = [];
  readonly #asked = new Map<number, Promise<Piece>>();

  /** @param end offset after the last byte. */
  constructor(end: number, read: (from: number) => Promise<Piece>) {
    this.#end = end;
    this.#read = read;
  }

  /** Whether bytes at this offset are here. */
  has(offset: number): boolean {
    return this.#find(offset) !== undefined;
  }

  /** Bytes from this offset on, or from where there are some again; none at the end. */
  async from(offset: number): Promise<Piece> {
    const piece = this.#find(offset) ?? (await this.#ask(offset));
    const skip = Math.max(0, offset - piece.offset);
    this.#fetchAhead(piece);
    return { offset: piece.offset + skip, bytes: piece.bytes.subarray(skip) };
  }

  #find(offset: number): Piece | undefined {
    return this.#held.find((one) => one.offset <= offset && offset < endOf(one));
  }

  #ask(from: number): Promise<Piece> {
    const asked = this.#asked.get(from) ?? this.#fetch(from);
    this.#asked.set(from, asked);
    return asked;
  }

  async #fetch(from: number): Promise<Piece> {
    try {
      const piece = await this.#read(from);
      if (piece.bytes.length > 0) this.#held.push(piece);
      if (this.#held.length > heldPieces) this.#held.shift();
      return piece;
    } finally {
      this.#asked.delete(from);
    }
  }

  /** The next one comes while this one is shown; a failure is told when it is needed. */
  #fetchAhead(piece: Piece): void {
    const next = endOf(piece);
    if (next < this.#end && piece.bytes.length > 0 && !this.has(next))
      this.#ask(next).catch(() => undefined);
  }
}

const endOf = ({ offset, bytes }: Piece): number => offset + bytes.length;
