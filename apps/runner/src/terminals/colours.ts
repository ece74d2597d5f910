const semicolon = 0x3b;
const zero = 0x30;
/** Parameters of SGR that switch each thing on, and the one that ends it (ECMA-48 section 8.3.117). */
const things: { on: number[]; off: number }[] = [
  { on: [1], off: 22 },
  { on: [2], off: 22 },
  { on: [3], off: 23 },
  { on: [4, 21], off: 24 },
  { on: [5, 6], off: 25 },
  { on: [7], off: 27 },
  { on: [8], off: 28 },
  { on: [9], off: 29 },
  { on: [53], off: 55 },
  { on: [38, ...range(30, 37), ...range(90, 97)], off: 39 },
  { on: [48, ...range(40, 47), ...range(100, 107)], off: 49 },
  { on: [58], off: 59 },
];
/** By parameter: 1 + the thing it switches on. */
const onBy = new Uint8Array(128);
/** By parameter: a bit for each thing it ends. */
const offBy = new Uint16Array(128);
things.forEach(({ on, off }, thing) => {
  for (const code of on) onBy[code] = thing + 1;
  offBy[off] = (offBy[off] as number) | (1 << thing);
});
offBy[0] = (1 << things.length) - 1;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

/** The colours and attributes that are on. Reads a sequence without making anything: there may be 100,000 a MiB. */
export class Colours {
  #codes: (string | undefined)[] = [];
  /** Things that were said something of since `settle`, and of these the ones that are on. */
  #said = 0;
  #on = 0;
  /** Where their parameters are. */
  readonly #from = new Int32Array(things.length);
  readonly #to = new Int32Array(things.length);

  copy(): Colours {
    const copy = new Colours();
    copy.#codes = [...this.#codes];
    return copy;
  }

  /** SGR that switches on what is on; empty when nothing is. */
  get sequence(): string {
    const codes = this.#codes.filter((code) => code !== undefined);
    return codes.length > 0 ? `\x1b[${codes.join(';')}m` : '';
  }

  /** The parameters of an SGR sequence are in `bytes`, which must stay until `settle`. */
  read(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at <= to; at++) {
      const start = at;
      let code = 0;
      let plain = true;
      for (; at < to && bytes[at] !== semicolon; at++) {
        const digit = (bytes[at] as number) - zero;
        // Behind a colon are parts of the same parameter.
        plain &&= digit < 10;
        if (plain) code = 10 * code + digit;
      }
      if (plain && (code === 38 || code === 48 || code === 58)) at = endOfColour(bytes, at, to);
      this.#note(code, start, at);
    }
  }

  /** Keeps what was read; its bytes may go. */
  settle(bytes: Buffer): void {
    for (let thing = 0; this.#said >> thing > 0; thing++) {
      const bit = 1 << thing;
      if ((this.#said & bit) === 0) continue;
      const isOn = (this.#on & bit) !== 0;
      this.#codes[thing] = isOn
        ? bytes.toString('latin1', this.#from[thing], this.#to[thing])
        : undefined;
    }
    this.#said = this.#on = 0;
  }

  #note(code: number, from: number, to: number): void {
    const off = offBy[code] ?? 0;
    this.#said |= off;
    this.#on &= ~off;
    const thing = (onBy[code] ?? 0) - 1;
    if (thing < 0) return;
    this.#said |= 1 << thing;
    this.#on |= 1 << thing;
    this.#from[thing] = from;
    this.#to[thing] = to;
  }
}

/** 38;5;N and 38;2;R;G;B are one colour; `at` is behind the 38. */
function endOfColour(bytes: Buffer, at: number, to: number): number {
  let end = at;
  for (let more = bytes[at + 1] === zero + 2 ? 4 : 2; more > 0 && end < to; more--) {
    end++;
    while (end < to && bytes[end] !== semicolon) end++;
  }
  return end;
}
