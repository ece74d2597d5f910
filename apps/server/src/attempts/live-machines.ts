import type { CheckVerdict, CloseReason, LearnerEvent, SandboxInfo } from '@tatami/protocol';
import type { RunnerClient } from '../runner/runner-client.ts';
import { type AttemptKey, nameOf, type Passed } from './attempt-store.ts';
import { MachineLink } from './machine-link.ts';

/** What is known of a running machine; `sandbox` is undefined until the runner has told of it. */
interface Live {
  link: MachineLink;
  /** The runner does not answer now. */
  lost: boolean;
  sandbox: SandboxInfo | undefined;
  verdicts: Map<string, CheckVerdict>;
}

/** What the machines of attempts tell. */
export interface LiveListener {
  /** A check passed; it is told to nobody until this has resolved. */
  savePassed(key: AttemptKey, passed: Passed): Promise<void>;
  onEvent(key: AttemptKey, event: LearnerEvent): void;
  /** The standing is another than before. */
  onChange(key: AttemptKey): void;
  /** The runner answers, at first or again. */
  onFound(key: AttemptKey, sandboxId: string): void;
  /** The machine ended by itself. */
  onGone(key: AttemptKey, sandboxId: string, reason: CloseReason): Promise<void>;
  warn(message: string, error: unknown): void;
}

/** Follows the machines that run, one of each attempt. */
export class LiveMachines {
  readonly #runner: RunnerClient;
  readonly #listener: LiveListener;
  readonly #live = new Map<string, Live>();

  constructor(runner: RunnerClient, listener: LiveListener) {
    this.#runner = runner;
    this.#listener = listener;
  }

  find(key: AttemptKey): Readonly<Live> | undefined {
    return this.#live.get(nameOf(key));
  }

  /** How many are followed, and of how many the runner does not answer. */
  get links(): { up: number; lost: number } {
    const lost = [...this.#live.values()].filter((live) => live.lost).length;
    return { up: this.#live.size - lost, lost };
  }

  /** The runner has said how this machine is now. */
  note(key: AttemptKey, sandbox: SandboxInfo): void {
    const live = this.#live.get(nameOf(key));
    if (live) live.sandbox = sandbox;
  }

  /** A step was opened: what was said of the last one counts no more. */
  forgetVerdicts(key: AttemptKey): void {
    this.#live.get(nameOf(key))?.verdicts.clear();
  }

  /** Follows this machine from now on; `sandbox` as far as it is known. */
  follow(key: AttemptKey, sandboxId: string, sandbox?: SandboxInfo): void {
    this.leave(key);
    const listener = this.#listener;
    const live: Live = {
      sandbox,
      lost: false,
      verdicts: new Map(),
      link: new MachineLink(this.#runner, sandboxId, {
        savePassed: async ({ checkId, verdict }) => {
          if (verdict.status === 'passed')
            await listener.savePassed(key, { checkId, evidence: verdict.evidence });
        },
        onState: ({ sandbox, verdicts }) => {
          live.sandbox = sandbox;
          live.lost = false;
          live.verdicts = new Map(verdicts.map((verdict) => [verdict.checkId, verdict]));
          listener.onChange(key);
          listener.onFound(key, sandboxId);
        },
        onEvent: (event) => {
          if (event.type === 'warning') return listener.onEvent(key, event);
          if (event.type === 'sandbox') live.sandbox = event.sandbox;
          else {
            live.verdicts.set(event.verdict.checkId, event.verdict);
            listener.onEvent(key, { type: 'verdict', verdict: event.verdict });
          }
          // More may follow from a tick: a step is done, a quiz opens.
          if (event.type === 'sandbox' || event.verdict.verdict.status === 'passed')
            listener.onChange(key);
        },
        onLost: () => {
          live.lost = true;
          listener.onEvent(key, { type: 'runner-lost' });
        },
        onGone: (reason) => listener.onGone(key, sandboxId, reason),
        warn: listener.warn,
      }),
    };
    this.#live.set(nameOf(key), live);
  }

  /** Lets go of the machine, which may go on without us. Idempotent. */
  leave(key: AttemptKey): void {
    const name = nameOf(key);
    this.#live.get(name)?.link.close();
    this.#live.delete(name);
  }

  /** Resolves when what machines have told until now is saved and told. */
  async settled(): Promise<void> {
    await Promise.all([...this.#live.values()].map(({ link }) => link.settled()));
  }

  /** Lets go of all. */
  close(): void {
    for (const { link } of this.#live.values()) link.close();
    this.#live.clear();
  }
}
