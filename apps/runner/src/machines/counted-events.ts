import type { RunnerHealth } from '@tatami/protocol';
import type { EventListener, EventSource, SandboxCgroups } from '@tatami/sandbox';

/** An event source that counts what it delivers, over all sandboxes, for the operator. */
export class CountedEvents implements EventSource {
  readonly #source: EventSource;
  #records = 0;
  #lost = 0;

  constructor(source: EventSource) {
    this.#source = source;
  }

  get kind(): EventSource['kind'] {
    return this.#source.kind;
  }

  get detail(): string {
    return this.#source.detail;
  }

  get health(): RunnerHealth['events'] {
    return { kind: this.kind, detail: this.detail, records: this.#records, lost: this.#lost };
  }

  watch(cgroups: SandboxCgroups, listener: EventListener): () => void {
    return this.#source.watch(cgroups, {
      onEvents: (events) => {
        this.#records += events.length;
        listener.onEvents(events);
      },
      onLost: (count) => {
        this.#lost += count;
        listener.onLost(count);
      },
      onUp: () => listener.onUp(),
      onDown: () => listener.onDown(),
    });
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
