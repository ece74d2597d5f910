/** What is open, by the name of whoever has it. */
export class Places {
  readonly #taken = new Map<string, number>();

  /** Takes a place under each name. @returns how to give them back, null when one has no place left. */
  take(places: [name: string, most: number][]): (() => void) | null {
    const count = (name: string) => this.#taken.get(name) ?? 0;
    if (places.some(([name, most]) => count(name) >= most)) return null;
    for (const [name] of places) this.#taken.set(name, count(name) + 1);
    return () => {
      for (const [name] of places)
        if (count(name) > 1) this.#taken.set(name, count(name) - 1);
        else this.#taken.delete(name);
    };
  }
}
