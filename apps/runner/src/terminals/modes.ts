import { Colours } from './colours.ts';

const esc = 0x1b;
const bel = 0x07;
const [shiftOut, shiftIn] = [0x0e, 0x0f];
const byte = (character: string): number => character.charCodeAt(0);
const csi = byte('[');
const sgr = byte('m');
const lessThan = byte('<');
/** Last bytes of the control sequences that are looked into: DECSET, DECRST, DECSTBM, DECSCUSR, DECSTR. */
const finals = new Set([...'hlrqp'].map(byte));
/** Of strings that end with BEL or ST: OSC, DCS, APC, PM, SOS. */
const strings = new Set([...']P_^X'].map(byte));
/** Which of the four character sets each names (ISO 2022). */
const charsetsBy = '()*+-./';
/** A longer control sequence is none of these. */
const maxSequenceBytes = 128;
/** Nor is a longer string a title. */
const maxStringBytes = 4096;

/** In bytes of UTF-8. */
const longestCharacter = 4;

/** Private modes that last, as ctlseqs of xterm numbers them. */
const privateModes = new Set([
  ...[1, 5, 6, 7, 9, 12, 25, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004],
]);
const alternateModes = new Set([47, 1047, 1049]);
const cursorModes = new Set([1048, 1049]);
/** What DECSTR takes back. */
const soft = /^(\?1|\?6|\?7|\?25|\?66|4|region|keypad|g\w)$/;
/** What DECSC saves besides the place and the colours. */
const saved = /^g\w$/;

/**
 * What a program switched on in its terminal and may have left on: modes, scroll region, character sets,
 * colours. Reads output for nothing else, and plain text at the speed of a search for ESC.
 */
export class Modes {
  /** The sequence that was last for each thing, in the order in which they came. */
  #last = new Map<string, string>();
  #saved = new Map<string, string>();
  #colours = new Colours();
  #savedColours = new Colours();
  /** What was begun and is not complete: a control sequence, the head of a string, a character of UTF-8. */
  #begun: Buffer = Buffer.of();

  copy(): Modes {
    const copy = new Modes();
    copy.#last = new Map(this.#last);
    copy.#saved = new Map(this.#saved);
    copy.#colours = this.#colours.copy();
    copy.#savedColours = this.#savedColours.copy();
    copy.#begun = this.#begun;
    return copy;
  }

  get alternate(): boolean {
    return this.#last.has('alternate');
  }

  /** Brings a fresh terminal to where this one is, but for the screen and for what is only begun. */
  get sequences(): string {
    return [...this.#last.values(), this.#colours.sequence].join('');
  }

  /** Of `sequences` those that move the cursor. */
  get placing(): string {
    return (this.#last.get('region') ?? '') + (this.#last.get('?6') ?? '');
  }

  /** Of `sequences` those that do not, but for the alternate screen. */
  get others(): string {
    const placing = ['region', '?6', 'alternate'];
    const others = [...this.#last].map(([thing, text]) => (placing.includes(thing) ? '' : text));
    return [...others, this.#colours.sequence].join('');
  }

  /** The row that cursor addresses count from. */
  get topRow(): number {
    if (!this.#last.get('?6')?.endsWith('h')) return 0;
    return Math.max(0, Number.parseInt(this.#last.get('region')?.slice(2) ?? '1', 10) - 1 || 0);
  }

  /** Comes before the bytes that follow those that were read. */
  get begun(): Buffer {
    return this.#begun;
  }

  read(output: Buffer): void {
    // Of a character nothing need be known but where it ends: no reason to copy what follows.
    const joins =
      this.#begun[0] === esc || (this.#begun.length > 0 && output.length <= longestCharacter);
    const bytes = joins ? Buffer.concat([this.#begun, output]) : output;
    let last = -1;
    for (let at = bytes.indexOf(esc); at >= 0; at = bytes.indexOf(esc, at + 1)) {
      last = at;
      const end = sequenceEnd(bytes, at);
      if (end === undefined) break;
      const final = bytes[end - 1] as number;
      if (bytes[at + 1] !== csi) {
        this.#escape(bytes, at, end);
      } else if (final === sgr) {
        // CSI > m and CSI ? m are about keys.
        if ((bytes[at + 2] as number) < lessThan || end === at + 3)
          this.#colours.read(bytes, at + 2, end - 1);
      } else if (finals.has(final)) {
        this.#colours.settle(bytes);
        this.#control(bytes.toString('latin1', at + 2, end));
      }
    }
    this.#colours.settle(bytes);
    this.#shift(output);
    this.#begun = begunIn(bytes, last);
  }

  #set(thing: string, sequence: string): void {
    // The newest last: of some only one can be on.
    this.#last.delete(thing);
    this.#last.set(thing, sequence);
  }

  #forget(things: RegExp): void {
    for (const thing of this.#last.keys()) if (things.test(thing)) this.#last.delete(thing);
  }

  #shift(bytes: Buffer): void {
    const [out, back] = [bytes.lastIndexOf(shiftOut), bytes.lastIndexOf(shiftIn)];
    if (out !== back) this.#set('gl', out > back ? '\x0e' : '\x0f');
  }

  #escape(bytes: Buffer, at: number, end: number): void {
    const sequence = bytes.toString('latin1', at, end);
    const first = sequence[1] as string;
    const set = charsetsBy.indexOf(first);
    // By far the most frequent: every change of colour of a program that uses terminfo has one.
    if (set >= 0) this.#set(`g${set % 4}`, sequence);
    else if (first === '=' || first === '>') this.#set('keypad', sequence);
    else if ('no|}~'.includes(first)) this.#set('gl', sequence);
    else {
      this.#colours.settle(bytes);
      if (first === 'c') this.#reset();
      else if (first === '7') this.#save();
      else if (first === '8') this.#restore();
    }
  }

  #control(text: string): void {
    const [, mark, params = '', final] = text.match(/^([?!]?)([\d;]*)( ?\w)$/) ?? [];
    if (final === 'r' && !mark) this.#set('region', `\x1b[${text}`);
    else if (final === ' q') this.#set('cursor', `\x1b[${text}`);
    else if (final === 'p' && mark === '!') this.#softReset();
    else if (final === 'h' || final === 'l') {
      for (const mode of params.split(';').map(Number)) this.#mode(mark ?? '', mode, final);
    }
  }

  #mode(mark: string, mode: number, final: 'h' | 'l'): void {
    const sequence = `\x1b[${mark}${mode}${final}`;
    if (mark !== '?') {
      if (mode === 4 || mode === 20) this.#set(String(mode), sequence);
      return;
    }
    if (cursorModes.has(mode)) final === 'h' ? this.#save() : this.#restore();
    if (alternateModes.has(mode))
      final === 'h' ? this.#set('alternate', sequence) : this.#last.delete('alternate');
    else if (privateModes.has(mode)) this.#set(`?${mode}`, sequence);
  }

  #reset(): void {
    this.#last.clear();
    this.#saved.clear();
    this.#colours = new Colours();
    this.#savedColours = new Colours();
  }

  #softReset(): void {
    this.#forget(soft);
    this.#colours = new Colours();
  }

  #save(): void {
    this.#saved = new Map([...this.#last].filter(([thing]) => saved.test(thing)));
    this.#savedColours = this.#colours.copy();
  }

  #restore(): void {
    this.#forget(saved);
    for (const [thing, sequence] of this.#saved) this.#set(thing, sequence);
    this.#colours = this.#savedColours.copy();
  }
}

/**
 * Where the escape sequence at `at` ends: after its last byte, or after its first two when it is a string or
 * none; undefined when more must come (ECMA-48 section 5.4).
 */
function sequenceEnd(bytes: Buffer, at: number): number | undefined {
  const isCsi = bytes[at + 1] === csi;
  const lowestFinal = isCsi ? 0x40 : 0x30;
  const most = Math.min(bytes.length, at + maxSequenceBytes);
  for (let end = isCsi ? at + 2 : at + 1; end < most; end++) {
    const value = bytes[end] as number;
    if (value >= lowestFinal) return end + 1;
    // Broken off by a control character.
    if (value < 0x20) return at + 2;
  }
  return most === bytes.length ? undefined : at + 2;
}

/** What the last bytes begin; `last` is where the last ESC is. */
function begunIn(bytes: Buffer, last: number): Buffer {
  if (last >= 0 && sequenceEnd(bytes, last) === undefined) return Buffer.from(bytes.subarray(last));
  const inString =
    last >= 0 && strings.has(bytes[last + 1] as number) && !bytes.includes(bel, last);
  if (inString && bytes.length - last <= maxStringBytes) return Buffer.from(bytes.subarray(last));
  // A lead byte of UTF-8 says how many follow it.
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const value = bytes[bytes.length - back] as number;
    if (value < 0x80) break;
    if (value < 0xc0) continue;
    const length = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2;
    return back < length ? Buffer.from(bytes.subarray(bytes.length - back)) : Buffer.of();
  }
  return Buffer.of();
}
