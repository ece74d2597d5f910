import { attributesOf } from './sgr.ts';

const esc = 0x1b;
const bel = 0x07;
const [shiftOut, shiftIn] = [0x0e, 0x0f];
const byte = (character: string): number => character.charCodeAt(0);
const csi = byte('[');
const sgr = byte('m');
/** Last bytes of the control sequences that are looked into: DECSET, DECRST, DECSTBM, DECSCUSR, DECSTR. */
const finals = new Set([...'hlrqp'].map(byte));
/** Of strings that end with BEL or ST: OSC, DCS, APC, PM, SOS. */
const strings = new Set([...']P_^X'].map(byte));
/** A longer control sequence is none of these. */
const maxSequenceBytes = 128;
/** Nor is a longer string a title. */
const maxStringBytes = 4096;
/** Colours within a line, until they are looked into. */
const maxColours = 64;

/** Private modes that last, as ctlseqs of xterm numbers them. */
const privateModes = new Set([
  ...[1, 5, 6, 7, 9, 12, 25, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004],
]);
const alternateModes = new Set([47, 1047, 1049]);
const cursorModes = new Set([1048, 1049]);
/** What DECSTR takes back. */
const soft = /^(\?1|\?6|\?7|\?25|\?66|4|region|keypad|g\w|sgr .*)$/;
/** What DECSC saves besides the place. */
const saved = /^(g\w|sgr .*)$/;

/**
 * What a program switched on in its terminal and may have left on: modes, scroll region, character sets,
 * colours. Reads output for nothing else, and plain text at the speed of a search for ESC.
 */
export class Modes {
  /** The sequence that was last for each thing, in the order in which they came. */
  #last: Map<string, string>;
  #saved: Map<string, string>;
  /** What was begun and is not complete: a control sequence, the head of a string, a character of UTF-8. */
  #begun: Buffer;

  constructor(copied: Modes | null = null) {
    this.#last = new Map(copied ? copied.#last : []);
    this.#saved = new Map(copied ? copied.#saved : []);
    this.#begun = copied ? copied.#begun : Buffer.of();
  }

  get alternate(): boolean {
    return this.#last.has('alternate');
  }

  /** Brings a fresh terminal to where this one is, but for the screen and for what is only begun. */
  get sequences(): string {
    return [...this.#last.values()].join('');
  }

  /** Of `sequences` those that move the cursor. */
  get placing(): string {
    return (this.#last.get('region') ?? '') + (this.#last.get('?6') ?? '');
  }

  /** Of `sequences` those that do not, but for the alternate screen. */
  get others(): string {
    const placing = ['region', '?6', 'alternate'];
    return [...this.#last].map(([thing, text]) => (placing.includes(thing) ? '' : text)).join('');
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
    const bytes = this.#begun.length > 0 ? Buffer.concat([this.#begun, output]) : output;
    this.#begun = Buffer.of();
    const colours: [number, number][] = [];
    let last = -1;
    for (let at = bytes.indexOf(esc); at >= 0; at = bytes.indexOf(esc, at + 1)) {
      last = at;
      const end = sequenceEnd(bytes, at);
      if (end === undefined) break;
      const final = bytes[end - 1] as number;
      if (bytes[at + 1] === csi && final === sgr) {
        if (startsAnew(bytes, at)) this.#forgetColours(colours);
        if (colours.push([at, end]) > maxColours) this.#colour(bytes, colours);
      } else if (bytes[at + 1] !== csi || finals.has(final)) {
        this.#colour(bytes, colours);
        this.#apply(bytes, at, end);
      }
    }
    this.#colour(bytes, colours);
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

  #forgetColours(colours: [number, number][]): void {
    colours.length = 0;
    this.#forget(/^sgr /);
  }

  /** Looks into the colours that were passed over. */
  #colour(bytes: Buffer, colours: [number, number][]): void {
    for (const [at, end] of colours.splice(0)) {
      // CSI > m and CSI ? m are about keys.
      if ((bytes[at + 2] as number) >= byte('<') && bytes[at + 2] !== sgr) continue;
      for (const { attribute, code } of attributesOf(bytes.toString('latin1', at + 2, end - 1))) {
        if (attribute === undefined) this.#forget(/^sgr /);
        else this.#set(`sgr ${attribute}`, `\x1b[${code}m`);
      }
    }
  }

  #shift(bytes: Buffer): void {
    const [out, back] = [bytes.lastIndexOf(shiftOut), bytes.lastIndexOf(shiftIn)];
    if (out !== back) this.#set('gl', out > back ? '\x0e' : '\x0f');
  }

  #apply(bytes: Buffer, at: number, end: number): void {
    if (bytes[at + 1] === csi) {
      this.#control(bytes.toString('latin1', at + 2, end));
      return;
    }
    const text = bytes.toString('latin1', at, end);
    const rest = text.slice(1);
    if (rest === 'c') this.#reset();
    else if (rest === '7') this.#save();
    else if (rest === '8') this.#restore();
    else if (rest === '=' || rest === '>') this.#set('keypad', text);
    else if (/^[no|}~]$/.test(rest)) this.#set('gl', text);
    else if (/^[()*+\-./]/.test(rest))
      this.#set(`g${'()*+-./'.indexOf(rest[0] as string) % 4}`, text);
  }

  #control(text: string): void {
    const [, mark, params = '', final] = text.match(/^([?!]?)([\d;]*)( ?\w)$/) ?? [];
    if (final === 'r' && !mark) this.#set('region', `\x1b[${text}`);
    else if (final === ' q') this.#set('cursor', `\x1b[${text}`);
    else if (final === 'p' && mark === '!') this.#forget(soft);
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
  }

  #save(): void {
    this.#saved = new Map([...this.#last].filter(([thing]) => saved.test(thing)));
  }

  #restore(): void {
    this.#forget(saved);
    for (const [thing, sequence] of this.#saved) this.#set(thing, sequence);
  }
}

/** SGR with nothing or 0 first: it ends every attribute. */
function startsAnew(bytes: Buffer, at: number): boolean {
  const [first, second] = [bytes[at + 2], bytes[at + 3]];
  return first === sgr || (first === byte('0') && (second === sgr || second === byte(';')));
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
