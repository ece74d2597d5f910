/** How a stream comes to a browser: from us, or over a WebSocket that the runner itself answers. */
export type Over = 'websocket' | 'tunnel' | 'runner';

/** Streams of one route that are open now. */
interface Counted {
  route: string;
  over: Over;
  open: number;
}

/** Counts streams, for the operator. */
export class OpenStreams {
  readonly #counted = new Map<string, Counted>();

  /** A route that had streams before stays, with none. */
  get all(): readonly Counted[] {
    return [...this.#counted.values()];
  }

  /** @returns how to count it no more, once. */
  add(route: string, over: Over): () => void {
    const name = `${over} ${route}`;
    const counted = this.#counted.get(name) ?? { route, over, open: 0 };
    this.#counted.set(name, counted);
    counted.open++;
    return () => {
      counted.open--;
    };
  }
}
