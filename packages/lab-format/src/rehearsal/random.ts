/** Numbers in [0, 1) that a seed decides (mulberry32): the same everywhere, good enough for choosing. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Choices that a seed decides. */
export class Chooser {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  one<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#next() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  /** Each item or not, in their order. */
  some<T>(items: readonly T[]): T[] {
    return items.filter(() => this.#next() < 0.5);
  }

  /** Two neighbouring letters change places, as fingers do, or the last comes twice. */
  misspelt(word: string): string {
    const places = [...word].flatMap((letter, at) => {
      const after = word[at + 1];
      return /\w/.test(letter) && after && /\w/.test(after) && letter !== after ? [at] : [];
    });
    if (places.length === 0) return word + word.slice(-1);
    const at = this.one(places);
    return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
  }
}
