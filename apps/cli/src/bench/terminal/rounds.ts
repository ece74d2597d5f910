import { quantile } from '../targets.ts';

/** Rounds that count; the one before them warms everybody up. */
export const rounds = 7;

/** The order in which `round` asks: each is first, second and last equally often. */
export const rotated = <T>(all: T[], round: number): T[] =>
  all.map((_, index) => all[(index + round) % all.length] as T);

export const median = (values: number[]): number => quantile(values, 0.5);

/** Values by who was measured, one for each round. */
export class ByRound {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#values.set(name, [...this.of(name), value]);
  }

  of(name: string): number[] {
    return this.#values.get(name) ?? [];
  }

  median(name: string): number {
    return median(this.of(name));
  }

  /** The median of what `name` was to `other` within a round: what disturbs a round disturbs both. */
  ratio(name: string, other: string): { measured: number; n: number } {
    const others = this.of(other);
    const ratios = this.of(name).map((value, round) => value / (others[round] ?? Number.NaN));
    return { measured: median(ratios), n: ratios.length };
  }
}
