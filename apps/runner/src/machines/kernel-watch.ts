import {
  type Attention,
  attentionFor,
  findTarget,
  History,
  isNotable,
  ownProcesses,
  pathOf,
  SeenTargets,
  TargetMemory,
} from '@tatami/checks';
import type {
  Answer,
  CheckVerdict,
  Evidence,
  KernelEvent,
  KernelSnapshot,
  KernelView,
  LearnerPath,
  StepId,
} from '@tatami/protocol';
import {
  type EventSource,
  observe,
  openSockets,
  type Probe,
  type Programs,
  readFaultFact,
  type Sandbox,
} from '@tatami/sandbox';
import { LookTimer } from './look-timer.ts';
import type { StepWatch } from './step-watch.ts';

/** Without events the looks alone must keep a tick below 500 ms. */
const blindEveryMs = 250;
/** With events: for facts that change without one, such as a connection of a daemon. */
const serviceEveryMs = 300;
const quietEveryMs = 1_000;

/** What the observation of machines shares. */
export interface KernelWatchContext {
  probe: Probe;
  programs: Programs;
  events: EventSource;
  nativeBin: string;
  warn: (message: string, error: unknown) => void;
}

/** What one machine tells of what is seen. */
export interface KernelWatchListener {
  onVerdict(stepId: StepId, verdict: CheckVerdict): void;
  /** PID 1 is gone. */
  onEnded(): void;
  offsets(): Evidence['offsets'];
}

/**
 * Looks at one machine from outside: follows its events for as long as it lives, and decides the checks of
 * the open step, soon after something happened.
 */
export class KernelWatch {
  readonly #sandbox: Sandbox;
  readonly #context: KernelWatchContext;
  readonly #listener: KernelWatchListener;
  readonly #history: History;
  readonly #targets = new TargetMemory();
  #seenTargets = new SeenTargets();
  readonly #unwatch: () => void;
  readonly #timer = new LookTimer(() => this.#look());
  #eventsUp = false;
  #step: StepWatch | undefined;
  #faultFacts = new Map<string, string[]>();
  #attention: Attention = { programs: null };
  /** Namespaces of PID 1, once it was looked at. */
  #machineNs: KernelView['machine']['ns'] | undefined;

  constructor(sandbox: Sandbox, context: KernelWatchContext, listener: KernelWatchListener) {
    this.#sandbox = sandbox;
    this.#context = context;
    this.#listener = listener;
    this.#history = new History((file) => context.programs.nameOf(file));
    this.#unwatch = context.events.watch(sandbox.cgroups, {
      onEvents: (events) => {
        const notable = events.some((event) => this.#isNotable(event));
        this.#history.add(events);
        if (notable) this.#timer.nudge();
      },
      onLost: (count) => {
        this.#history.lose(count);
        this.#timer.nudge();
      },
      onUp: () => {
        this.#history.goOn();
        this.#setEventsUp(true);
      },
      onDown: () => {
        this.#history.interrupt();
        this.#setEventsUp(false);
      },
    });
  }

  get step(): StepWatch | undefined {
    return this.#step;
  }

  /** Stops looking; what is executed meanwhile, by a set-up, is not the learner's. */
  pause(): StepWatch | undefined {
    this.#timer.stop();
    const step = this.#step;
    this.#step = undefined;
    return step;
  }

  /** Looks at this step's checks; `anew`: what was executed so far does not count for it. */
  resume(step: StepWatch | undefined, anew: boolean): void {
    this.#step = step;
    if (anew) {
      this.#history.begin(step?.drill);
      this.#targets.begin();
      this.#seenTargets = new SeenTargets();
      this.#faultFacts = new Map();
    }
    if (!step || step.done) return;
    this.#attention = attentionFor(step.unmet);
    this.#timer.start(this.#everyMs);
  }

  /** @returns false when nothing is typed for such a check of the open step. */
  answer(checkId: string, answer: Answer): boolean {
    const known = this.#step?.answer(checkId, answer) ?? false;
    if (known) this.#timer.nudge();
    return known;
  }

  /** What the learner has typed since the step was opened; nothing unless it is a drill. */
  get path(): LearnerPath {
    const { lines } = this.#history;
    if (!this.#step || !lines) return { lines: [], omitted: 0 };
    const { checks, verdicts } = this.#step;
    const targets = this.#seenTargets.all;
    const scene = { lines: lines.all, checks, verdicts, targets, machine: this.#machineNs };
    return { lines: pathOf(scene), omitted: lines.omitted };
  }

  close(): void {
    this.pause();
    this.#unwatch();
  }

  /** To be asked before the history takes the event in: it forgets who has ended. */
  #isNotable(event: KernelEvent): boolean {
    if (!this.#machineNs) return true;
    const { programs } = this.#context;
    const program =
      event.type === 'exec' ? programs.nameOf(event) : this.#history.programRunBy(event.pid);
    return isNotable(event, program, this.#attention, this.#machineNs);
  }

  #setEventsUp(up: boolean): void {
    this.#eventsUp = up;
    this.#timer.everyMs = this.#everyMs;
    this.#timer.nudge();
  }

  get #everyMs(): number {
    if (!this.#eventsUp) return blindEveryMs;
    const waits = this.#step?.unmet.some(({ service, answer }) => service || answer);
    return waits ? serviceEveryMs : quietEveryMs;
  }

  async #look(): Promise<void> {
    const step = this.#step;
    if (!step) return;
    const changed = await this.#verdicts(step);
    // A step opened meanwhile has looks of its own.
    if (this.#step !== step) return;
    for (const verdict of changed) this.#listener.onVerdict(step.stepId, verdict);
    if (step.done) this.#timer.stop();
    else {
      this.#attention = attentionFor(step.unmet);
      this.#timer.everyMs = this.#everyMs;
    }
  }

  async #verdicts(step: StepWatch): Promise<CheckVerdict[]> {
    const { probe, programs, warn } = this.#context;
    const beganAt = Date.now();
    try {
      const snapshot = await observe(this.#sandbox, probe, programs);
      if (!snapshot) {
        this.#listener.onEnded();
        return [];
      }
      this.#machineNs = snapshot.machine.ns;
      if (step.drill) this.#seenTargets.note(step.checks, snapshot);
      const view: KernelView = {
        ...snapshot,
        history: this.#eventsUp ? this.#history.view : null,
        answers: step.answers,
        goneTargets: this.#targets.look(step.unmet, snapshot),
        heldSockets: await heldSockets(step, snapshot),
        faultFacts: this.#faultFacts,
      };
      await this.#readFaultFacts(step, view);
      return step.look(view, this.#listener.offsets(), beganAt);
    } catch (error) {
      warn('a machine could not be observed', error);
      return step.blind();
    }
  }

  /**
   * Once per step and check, as soon as the kernel shows it: before the learner could mend anything, or join
   * the target. A PID is whatever it is now: a container may be started anew.
   */
  async #readFaultFacts(step: StepWatch, view: KernelView): Promise<void> {
    for (const { id, target, answer } of step.unmet) {
      if (!answer || !target || (this.#faultFacts.has(id) && answer.fact !== 'pid')) continue;
      // Containers may be the learner's to start anew; what goes by its name alone is the set-up's.
      const snapshot = 'process' in target ? this.#asSetUp(view) : view;
      const process = findTarget(target, snapshot);
      if (!process) continue;
      const { nativeBin } = this.#context;
      const own = ownProcesses(process, snapshot);
      const scene = { target: process, own, snapshot, nativeBin };
      const values = await readFaultFact(answer.fact, scene);
      if (values.length > 0) this.#faultFacts.set(id, values);
    }
  }

  /** Without what learners have started: it may bear any name, and have come before the step was open. */
  #asSetUp(snapshot: KernelSnapshot): KernelSnapshot {
    const processes = snapshot.processes.filter(({ pid }) =>
      ['machine', null].includes(this.#history.startedBy(pid)),
    );
    return { ...snapshot, processes };
  }
}

/** What the services that the step asks after have open themselves, by check. */
async function heldSockets(
  step: StepWatch,
  snapshot: KernelSnapshot,
): Promise<KernelView['heldSockets']> {
  const held: KernelView['heldSockets'] = new Map();
  for (const { id, target, service } of step.unmet) {
    const process = service?.connectedTo && target && findTarget(target, snapshot);
    if (!process) continue;
    const open = await openSockets(ownProcesses(process, snapshot).map(({ pid }) => pid));
    if (open) held.set(id, open);
  }
  return held;
}
