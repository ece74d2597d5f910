import type { SandboxCgroups } from '../cgroups.ts';
import { EventOrder } from './event-order.ts';
import type { EventListener, EventSource } from './event-source.ts';
import { FramedProcess } from './framed-process.ts';
import type { Frame } from './frames.ts';

const restartDelayMs = 500;

interface Watched {
  folder: string;
  listener: EventListener;
  order: EventOrder;
  up: boolean;
}

/** An event source that is a resident program speaking frames; started again when it dies. */
export class EventProgram implements EventSource {
  readonly kind: 'bpf' | 'connector';
  readonly detail: string;
  readonly #command: string[];
  readonly #watched = new Map<number, Watched>();
  #run: FramedProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(kind: 'bpf' | 'connector', detail: string, command: string[]) {
    this.kind = kind;
    this.detail = detail;
    this.#command = command;
  }

  /** @throws with the program's own words when it does not start. */
  static async start(
    kind: 'bpf' | 'connector',
    detail: string,
    command: string[],
  ): Promise<EventProgram> {
    const source = new EventProgram(kind, detail, command);
    try {
      await source.#start();
    } catch (error) {
      await source.close();
      throw error;
    }
    return source;
  }

  /** Process id of the program while it runs. */
  get pid(): number | undefined {
    return this.#run?.pid;
  }

  watch(cgroups: SandboxCgroups, listener: EventListener): () => void {
    const { id, folder } = cgroups.watched;
    if (this.#closed || this.#watched.has(id)) throw new Error(`cgroup ${id} cannot be watched`);
    const watched = { folder, listener, order: new EventOrder(0), up: false };
    this.#watched.set(id, watched);
    this.#send(`+${id} ${folder}`);
    return () => {
      if (this.#watched.get(id) !== watched) return;
      this.#watched.delete(id);
      this.#send(`-${id}`);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watched.clear();
    clearTimeout(this.#restart);
    await this.#run?.close();
  }

  #send(line: string): void {
    this.#run?.send(line);
  }

  /** @throws when the program ends before it is ready. */
  async #start(): Promise<void> {
    const run = new FramedProcess(this.#command, (frames) => this.#receive(frames));
    this.#run = run;
    for (const [id, { folder }] of this.#watched) run.send(`+${id} ${folder}`);
    void run.ended.then(() => this.#ended());
    await run.ready;
  }

  #ended(): void {
    this.#run = undefined;
    for (const watched of this.#watched.values()) {
      watched.order = new EventOrder(watched.order.next);
      if (watched.up) watched.listener.onDown();
      watched.up = false;
    }
    if (this.#closed) return;
    // Its failure to start ends in another try.
    this.#restart = setTimeout(() => this.#start().catch(() => undefined), restartDelayMs);
  }

  #receive(frames: Frame[]): void {
    const touched = new Set<Watched>();
    for (const frame of frames) {
      if (frame.type === 'ready') continue;
      if (frame.type === 'beat') this.#beat();
      else {
        const watched = this.#watched.get(frame.cgroup);
        if (!watched) continue;
        touched.add(watched);
        this.#take(watched, frame);
      }
    }
    for (const watched of touched) {
      const events = watched.order.take();
      if (events.length > 0) watched.listener.onEvents(events);
    }
  }

  #take(watched: Watched, frame: Extract<Frame, { cgroup: number }>): void {
    if (frame.type === 'up') {
      watched.up = true;
      watched.listener.onUp();
    } else if (!watched.up) {
      // Of an earlier watch over the same cgroup.
    } else if (frame.type === 'event') watched.order.add(frame.event);
    else watched.listener.onLost(watched.order.lost(frame.total));
  }

  #beat(): void {
    for (const { order, listener } of this.#watched.values()) {
      const { lost, events } = order.beat();
      if (lost > 0) listener.onLost(lost);
      if (events.length > 0) listener.onEvents(events);
    }
  }
}
