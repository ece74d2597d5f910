import type { KernelEvent } from '@tatami/protocol';
import type { SandboxCgroups } from '../cgroups.ts';

/** Hears one sandbox's events, and how many were lost. Calls come in order, never after `unwatch`. */
export interface EventListener {
  /** In the order of `seq`; a batch is what came within some ten milliseconds. */
  onEvents(events: KernelEvent[]): void;
  /** `count` events of this sandbox happened and will never come. */
  onLost(count: number): void;
  /** From here on everything is seen or counted as lost: first soon after `watch`, again after each `onDown`. */
  onUp(): void;
  /** Nothing is seen from here on until `onUp`; how many are missed meanwhile nobody knows. */
  onDown(): void;
}

/** Tells what the processes of sandboxes do, complete for commands that live a millisecond. */
export interface EventSource {
  readonly kind: 'bpf' | 'connector' | 'none';
  /** One sentence for the operator: what is in use and, when it is not `bpf`, why. */
  readonly detail: string;
  /** What the processes did before the first `onUp` is not told. @returns `unwatch`. */
  watch(cgroups: SandboxCgroups, listener: EventListener): () => void;
  /** Idempotent; resolves when no process and nothing in the kernel is left. */
  close(): Promise<void>;
}
