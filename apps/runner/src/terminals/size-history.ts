import type { Size } from './pty.ts';

/** More changes within what is held are taken for fewer. */
const maxChanges = 256;

/** Which size a terminal had at which offset. */
export class SizeHistory {
  readonly #changes: { offset: number; size: Size }[];

  constructor(offset: number, size: Size) {
    this.#changes = [{ offset, size }];
  }

  /** The size of what comes next. */
  get last(): Size {
    return this.#changes.at(-1)?.size as Size;
  }

  /** From `offset` on, which is not before that of an earlier change. */
  set(offset: number, size: Size): void {
    if (this.#changes.at(-1)?.offset === offset) this.#changes.pop();
    this.#changes.push({ offset, size });
    if (this.#changes.length > maxChanges) this.#changes.shift();
  }

  at(offset: number): Size {
    return (this.#changes.findLast((change) => change.offset <= offset) ?? this.#changes[0])
      ?.size as Size;
  }

  /** Where the size changes next after `offset`, if it does. */
  nextAfter(offset: number): number | undefined {
    return this.#changes.find((change) => change.offset > offset)?.offset;
  }

  /** Nobody will ask about what is before `offset`. */
  forgetBefore(offset: number): void {
    while ((this.#changes[1]?.offset ?? Number.POSITIVE_INFINITY) <= offset) this.#changes.shift();
  }
}
