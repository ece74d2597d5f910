import type { KernelEvent } from '@tatami/protocol';

/**
 * Holds one sandbox's records against what the load program says it executed: each number once, by the
 * fork, the exec and the exit of one process, in this order.
 */
export class Sequence {
  readonly #forked = new Set<number>();
  /** Number by process, from its exec to its exit. */
  readonly #running = new Map<number, string>();
  readonly #whole = new Set<string>();
  #repeated = 0;

  add(events: KernelEvent[]): void {
    for (const event of events) this.#take(event);
  }

  /** How many commands, numbered from 0, lack a record or came more than once. */
  faults(executed: number): number {
    const numbers = Array.from({ length: executed }, (_, number) => String(number));
    return numbers.filter((number) => !this.#whole.has(number)).length + this.#repeated;
  }

  #take(event: KernelEvent): void {
    if (event.type === 'fork') this.#forked.add(event.pid);
    else if (event.type === 'exec') {
      const [name, verb, number] = event.argv;
      const ours = name === 'tatami-load' && verb === 'run' && number !== undefined;
      if (ours && this.#forked.has(event.pid)) this.#running.set(event.pid, number);
    } else if (event.type === 'exit') {
      const number = this.#running.get(event.pid);
      this.#forked.delete(event.pid);
      this.#running.delete(event.pid);
      if (number === undefined) return;
      if (this.#whole.has(number)) this.#repeated++;
      this.#whole.add(number);
    }
  }
}
