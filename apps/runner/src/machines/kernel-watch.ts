import {
  type Attention,
  attentionFor,
  findTarget,
  History,
  isNotable,
  type MapTerminal,
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
  type Probe,
  type Programs,
  readFaultFact,
  type Sandbox,
} from '@tatami/sandbox';
import type { RunnerMetrics } from '@tatami/telemetry';
import { heldSockets } from './held-sockets.ts';
import { LookTally } from './look-tally.ts';
import { LookTimer } from './look-timer.ts';
import { type FollowedMap, MapFeed, type MapListener } from './map-feed.ts';
import type { StepWatch } from './step-watch.ts';

/** Without events the looks alone must keep a tick below 500 ms. */
const blindEveryMs = 250;
/** With events: for facts that change without one, such as a connection of a daemon. */
const serviceEveryMs = 300;
/** Half of the time since something went on, within these: a hostname or a mount changes without an event. */
const quietEveryMs = { least: 1_000, most: 15_000 };
/** A look that nothing asks for is taken after all when the last is as old as this. */
const restMs = 60_000;

/** What the observation of machines shares. */
export interface KernelWatchContext {
  probe: Probe;
  programs: Programs;
  events: EventSource;
  nativeBin: string;
  metrics: RunnerMetrics;
  warn: (message: string, error: unknown) => void;
}

/** What one machine tells of what is seen. */
export interface KernelWatchListener {
  onVerdict(stepId: StepId, verdict: CheckVerdict): void;
  /** PID 1 is gone. */
  onEnded(): void;
  offsets(): Evidence['offsets'];
  terminals(): MapTerminal[];
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
  readonly #map = new MapFeed();
  readonly #targets = new TargetMemory();
  #seenTargets = new SeenTargets();
  readonly #unwatch: () => void;
  readonly #timer = new LookTimer(() => this.#look());
  readonly #tally: LookTally;
  #closed = false;
  /** When something happened in the machine, or was typed there. */
  #activeAt = performance.now();
  /** Something besides what runs in the machine makes the next look worth it. */
  #isDue = true;
  /** As of the last look: when it was, and what had run in the machine by then. */
  #last: { at: number; ran: string | null } = { at: 0, ran: null };
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
    this.#tally = new LookTally(context.metrics);
    this.#history = new History((file) => context.programs.nameOf(file), this.#map.deeds);
    this.#unwatch = context.events.watch(sandbox.cgroups, {
      onEvents: (events) => {
        this.#activeAt = performance.now();
        this.#isDue = true;
        const notable = events.find((event) => this.#isNotable(event));
        if (notable) this.#tally.happened(notable.at);
        this.#history.add(events);
        // One pace for both: a look for the checks just before the map's turn would put that off.
        if (this.#map.isFollowed || !this.#isAsked) this.#timer.nudge(this.#map.everyMs);
        else if (notable) this.#timer.nudge();
      },
      onLost: (count) => {
        this.#isDue = true;
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

  /** Looks at no checks; what is executed meanwhile, by a set-up, is not the learner's. */
  pause(): StepWatch | undefined {
    const step = this.#step;
    this.#step = undefined;
    this.#lookOrRest();
    return step;
  }

  /** Looks at this step's checks; `anew`: what was executed so far does not count for it. */
  resume(step: StepWatch | undefined, anew: boolean): void {
    this.#step = step;
    if (anew) {
      this.#history.begin(step?.drill);
      this.#tally.forget();
      this.#targets.begin();
      this.#seenTargets = new SeenTargets();
      this.#faultFacts = new Map();
    }
    if (step) this.#attention = attentionFor(step.unmet);
    this.#lookOrRest();
  }

  /** Tells what the map shows, from its past on. */
  follow(listener: MapListener): FollowedMap {
    const { now, stop } = this.#map.follow(listener);
    this.#lookOrRest();
    return {
      now,
      stop: () => {
        stop();
        this.#lookOrRest();
      },
    };
  }

  /** @returns false when nothing is typed for such a check of the open step. */
  answer(checkId: string, answer: Answer): boolean {
    const known = this.#step?.answer(checkId, answer) ?? false;
    this.#isDue = true;
    if (known) this.#timer.nudge();
    return known;
  }

  /** Something is typed: a shell may do things that are no event. */
  typed(): void {
    this.#activeAt = performance.now();
    if (this.#isAsked) this.#timer.nudge(quietEveryMs.least);
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
    this.#closed = true;
    this.#step = undefined;
    this.#timer.stop();
    this.#unwatch();
  }

  #lookOrRest(): void {
    this.#activeAt = performance.now();
    this.#isDue = true;
    if (!this.#closed) this.#timer.start(this.#everyMs);
  }

  /** Somebody waits for what is seen. */
  get #isAsked(): boolean {
    return (this.#step !== undefined && !this.#step.done) || this.#map.isFollowed;
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
    this.#isDue = true;
    this.#timer.everyMs = this.#everyMs;
    this.#timer.nudge();
  }

  get #everyMs(): number {
    // What happens is still worth a look, for the map's past; what does not happen costs nothing.
    if (!this.#isAsked) return Number.POSITIVE_INFINITY;
    if (!this.#eventsUp) return blindEveryMs;
    const waits = this.#step?.unmet.some(({ service, answer }) => service || answer);
    if (waits) return serviceEveryMs;
    const { least, most } = quietEveryMs;
    return Math.min(Math.max((performance.now() - this.#activeAt) / 2, least), most);
  }

  /** Notes a look, unless no process of the machine has run since the last: it would show the same again. @returns whether so. */
  #standsStill(): boolean {
    const now = performance.now();
    const last = this.#last;
    const { ran } = this.#sandbox.cgroups;
    const isStill = !this.#isDue && ran !== null && ran === last.ran && now - last.at < restMs;
    if (!isStill) this.#last = { at: now, ran };
    return isStill && this.#eventsUp && !this.#map.isFollowed;
  }

  /** One look for all who ask: the open step's checks, and the map. */
  async #look(): Promise<void> {
    const step = this.#step;
    const beganAt = Date.now();
    if (this.#standsStill()) {
      this.#tally.skipped();
      step?.stands(beganAt);
      this.#timer.everyMs = this.#everyMs;
      return;
    }
    this.#isDue = false;
    const tally = this.#tally.begin();
    const snapshot = await this.#snapshot();
    tally.read(snapshot === undefined ? 'failed' : 'made');
    if (snapshot === null) return this.#listener.onEnded();
    if (snapshot) this.#machineNs = snapshot.machine.ns;
    const changed =
      step && this.#step === step ? await this.#verdicts(step, snapshot, beganAt) : [];
    // A step opened meanwhile has looks of its own.
    if (step && this.#step === step) {
      for (const verdict of changed) {
        this.#listener.onVerdict(step.stepId, verdict);
        tally.told(verdict.verdict);
      }
      if (!step.done) this.#attention = attentionFor(step.unmet);
      this.#timer.everyMs = this.#everyMs;
    }
    if (snapshot) this.#showOnMap(snapshot, changed);
  }

  /** @returns null when PID 1 is gone, undefined when nobody can look. */
  async #snapshot(): Promise<KernelSnapshot | null | undefined> {
    const { probe, programs, warn } = this.#context;
    try {
      return await observe(this.#sandbox, probe, programs);
    } catch (error) {
      warn('a machine could not be observed', error);
      this.#isDue = true;
      this.#map.blind();
      return undefined;
    }
  }

  /** What a check has passed on is always kept: its evidence opens the map there. */
  #showOnMap(snapshot: KernelSnapshot, changed: CheckVerdict[]): void {
    const passed = changed.some(({ verdict }) => verdict.status === 'passed');
    const terminals = this.#listener.terminals();
    const lineOf = (pid: number) => this.#history.lineOf(pid);
    try {
      const isKept = this.#map.look({ snapshot, terminals, lineOf }, passed);
      if (isKept) return;
      // It is owed a picture, whether anything runs until then or not.
      this.#isDue = true;
      if (this.#map.isFollowed || !this.#isAsked) this.#timer.nudge(this.#map.everyMs);
    } catch (error) {
      // It must not take the checks down with it.
      this.#context.warn('the map of a machine could not be made', error);
    }
  }

  async #verdicts(
    step: StepWatch,
    snapshot: KernelSnapshot | undefined,
    beganAt: number,
  ): Promise<CheckVerdict[]> {
    if (!snapshot) return step.blind();
    try {
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
      this.#context.warn('a machine could not be observed', error);
      this.#isDue = true;
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
