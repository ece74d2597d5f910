import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { longestDrawMs } from '@tatami/protocol';
import type { Beginning } from './attachment.ts';
import { HeadlessTerminal } from './headless.ts';
import { Modes } from './modes.ts';
import type { Size } from './pty.ts';
import type { Ring } from './ring.ts';
import type { SizeHistory } from './size-history.ts';
import { Underlay } from './underlay.ts';

/** A terminal under a flood is drawn no more often. */
const redrawMs = 500;
/** Others have their turn between two parts. */
const partBytes = 64 * 1024;
/** How long nothing keeps up with a full-screen program that floods, once that could not be kept up with. */
const tornMs = 5_000;

/** Screens are drawn one after another, whoever asks: together they would hold every terminal up. */
let drawing: Promise<unknown> = Promise.resolve();

/**
 * The screen of a terminal whose first bytes are no longer held: drawn when somebody asks, from what the
 * ring holds and from what was in force where that begins.
 */
export class Screen {
  readonly #ring: Ring;
  readonly #sizes: SizeHistory;
  /** Where the ring begins. */
  readonly #modes = new Modes();
  /** The alternate screen where the ring begins, if that was shown there. */
  #underlay: Underlay | undefined;
  #tornAt = Number.NEGATIVE_INFINITY;
  /** Whoever comes while the ring holds what follows it begins with it. */
  #last: Beginning | undefined;
  #next: Promise<Beginning> | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(ring: Ring, sizes: SizeHistory) {
    this.#ring = ring;
    this.#sizes = sizes;
  }

  /** The ring has let go of these, the first of which had `offset`. */
  passed(bytes: Buffer, offset: number): void {
    const before = this.#modes.copy();
    this.#modes.read(bytes);
    if (this.#modes.alternate) this.#under(before, bytes, this.#sizes.at(offset));
    else this.dispose();
    this.#sizes.forgetBefore(this.#ring.start);
    if (this.#last && this.#last.offset < this.#ring.start) this.#last = undefined;
  }

  #under(before: Modes, bytes: Buffer, size: Size): void {
    if (this.#underlay?.torn) {
      this.#underlay = undefined;
      this.#tornAt = performance.now();
    }
    if (performance.now() < this.#tornAt + tornMs) return;
    this.#underlay ??= new Underlay(before, size);
    this.#underlay.write(bytes, size);
  }

  /** The screen at an offset that is held, if need be at the newest. */
  async draw(): Promise<Beginning> {
    if (this.#last) return this.#last;
    this.#next ??= this.#drawInTurn().finally(() => {
      this.#next = undefined;
    });
    return this.#next;
  }

  dispose(): void {
    this.#underlay?.dispose();
    this.#underlay = undefined;
  }

  async #drawInTurn(): Promise<Beginning> {
    const waitMs = this.#drawnAt + redrawMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const own = drawing.then(() => this.#drawNow());
    drawing = own.catch(() => undefined);
    const drawn = await own;
    this.#drawnAt = performance.now();
    if (drawn.offset >= this.#ring.start) this.#last = drawn;
    return drawn;
  }

  async #drawNow(): Promise<Beginning> {
    const under = await this.#underlay?.snapshot(() => this.#modes);
    // From here to the first wait: what is held and what goes with it.
    const modes = this.#modes.copy();
    const parts = this.#parts();
    const size = { ...this.#sizes.last };
    const { end } = this.#ring;
    const until = performance.now() + longestDrawMs;
    const inTime = () => performance.now() < until;
    const terminal = await HeadlessTerminal.open(parts[0]?.size ?? size);
    try {
      await terminal.write(under ?? modes.sequences);
      await terminal.write(modes.begun);
      for (const part of parts) {
        modes.read(part.bytes);
        if (inTime()) {
          terminal.resize(part.size);
          await terminal.write(part.bytes, inTime);
        } else {
          await turn();
        }
      }
      terminal.resize(size);
      // What is only begun comes as bytes.
      const offset = end - modes.begun.length;
      const snapshot = inTime() ? terminal.snapshot(modes) : await empty(size, modes);
      return { offset, snapshot, ...size };
    } finally {
      terminal.dispose();
    }
  }

  /** What is held, in parts of one size each. */
  #parts(): { bytes: Buffer; size: Size }[] {
    const parts: { bytes: Buffer; size: Size }[] = [];
    for (let offset = this.#ring.start; offset < this.#ring.end; ) {
      const change = this.#sizes.nextAfter(offset) ?? Number.POSITIVE_INFINITY;
      const bytes = this.#ring.read(offset, Math.min(change - offset, partBytes));
      parts.push({ bytes, size: this.#sizes.at(offset) });
      offset += bytes.length;
    }
    return parts;
  }
}

/** Nothing but what is in force: it is drawn by what comes. */
async function empty(size: Size, modes: Modes): Promise<string> {
  const terminal = await HeadlessTerminal.open(size);
  try {
    await terminal.write(modes.sequences);
    return terminal.snapshot(modes);
  } finally {
    terminal.dispose();
  }
}
