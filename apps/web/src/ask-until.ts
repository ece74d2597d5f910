interface Delays {
  firstDelayMs: number;
  lastDelayMs: number;
}

/**
 * Asks, and after delays that double asks again until `take` says that an answer is enough. What fails is asked again.
 * @returns what ends it; from then on nothing is taken.
 */
export function askUntil<T>(
  ask: () => Promise<T>,
  take: (answer: T) => boolean,
  { firstDelayMs, lastDelayMs }: Delays,
): () => void {
  let over = false;
  let delay = firstDelayMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    timer = setTimeout(again, delay);
    delay = Math.min(delay * 2, lastDelayMs);
  };
  const again = () =>
    void ask().then(
      (answer) => over || take(answer) || later(),
      () => over || later(),
    );
  again();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
