const mostWords = 20;

/** What is measured of a room while it is played, and what went wrong. */
export class Tally {
  readonly joinToPromptMs: number[] = [];
  readonly keystrokeMs: number[] = [];
  readonly boardDelayMs: number[] = [];
  /** By what started them: a step that was entered, or a command typed in one. */
  readonly containerStartMs = new Map<string, number[]>();
  refusedJoins = 0;
  lostPasses = 0;
  errors = 0;
  /** The first errors in words. */
  readonly words: string[] = [];

  error(who: string, error: unknown): void {
    this.errors += 1;
    if (this.words.length < mostWords)
      this.words.push(`${who}: ${error instanceof Error ? error.message : String(error)}`);
  }

  lost(who: string, what: string): void {
    this.lostPasses += 1;
    if (this.words.length < mostWords) this.words.push(`${who}: ${what}`);
  }

  containerStarted(by: string, ms: number): void {
    const known = this.containerStartMs.get(by);
    if (known) known.push(ms);
    else this.containerStartMs.set(by, [ms]);
  }
}
