import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownProcesses } from '@tatami/checks';
import type { Fault } from '@tatami/lab-format/loader';
import type { FaultFact, KernelSnapshot, ProcessView } from '@tatami/protocol';
import {
  buildNative,
  createSandbox,
  findSandboxes,
  insideRoot,
  learner,
  machinePrograms,
  mountsBelow,
  observe,
  openHost,
  Probe,
  readFaultFact,
  reapSandboxes,
  removeCgroupParent,
  type Sandbox,
  type SandboxHost,
} from '@tatami/sandbox';
import { afterAll, beforeAll, expect } from 'vitest';
import { testRootfs } from '../../../packages/sandbox/test/kernel-host.ts';
import { stepOf } from './lesson-machine.ts';

/** A fault as a step's set-up makes it, the step's own part included. */
export type MadeFault = Pick<Fault, 'id' | 'fact' | 'value' | 'shortest'> & {
  setup: string;
  mend: string | null;
};

/** Everything that may be drawn in a step of the lesson. */
export const faultsOf = (stepId: string): MadeFault[] =>
  stepOf(stepId).draws.flatMap(({ fault, setup }) =>
    fault ? [{ ...fault, setup, mend: fault.mend ?? null }] : [],
  );

/** A line of shell that sets PID to the container's first process. */
export const pidOf = (container: string): string =>
  `PID=$(docker inspect --format '{{.State.Pid}}' ${container})`;

/** What a command printed, and how long it took. */
export interface Ran {
  status: number | null;
  /** Both streams, as a terminal shows them. */
  text: string;
  ms: number;
}

/** A machine with its world, worked on from inside and looked at from outside. */
export class World implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly #host: SandboxHost;
  readonly #probe: Probe;

  private constructor(host: SandboxHost, sandbox: Sandbox) {
    this.#host = host;
    this.sandbox = sandbox;
    this.#probe = new Probe(host.native.bin);
  }

  static async open(): Promise<World> {
    const stateDir = await mkdtemp(join(tmpdir(), 'tatami-world-'));
    const native = await buildNative('/var/lib/tatami/native');
    const host = await openHost({ native, rootfs: testRootfs(), stateDir, seats: 1 });
    return new World(host, await createSandbox(host));
  }

  /** Runs a script as the learner; sudo and docker are theirs. */
  learn = (script: string): Promise<Ran> => this.#run(script, learner);

  /** Runs a set-up as the runner does. */
  setUp = (script: string): Promise<Ran> => this.#run(`set -eu\n${script}`, insideRoot);

  /** The quickest of three tries, for the machine that runs the tests may have other work; each must end well. */
  async quickest(setUp: string, limitMs: number): Promise<number> {
    let quickest = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 3 && quickest >= limitMs; tries++) {
      const { status, text, ms } = await this.setUp(setUp);
      if (status !== 0 || text !== '') throw new Error(`the set-up ended with ${status}: ${text}`);
      quickest = Math.min(quickest, ms);
    }
    return quickest;
  }

  async look(): Promise<KernelSnapshot> {
    const snapshot = await observe(this.sandbox, this.#probe, machinePrograms(this.#host.rootfs));
    if (!snapshot) throw new Error('the machine has ended');
    return snapshot;
  }

  /** The container's first process, as a check finds it: by what its conmon(8) was told. */
  async target(container: string): Promise<{ target: ProcessView; snapshot: KernelSnapshot }> {
    const snapshot = await this.look();
    const { processes } = snapshot;
    const monitor = processes.find(
      ({ program, argv }) => program === 'conmon' && argv[argv.indexOf('-n') + 1] === container,
    );
    const target = processes.find(({ parent }) => parent === monitor?.pid);
    if (!target) throw new Error(`no container ${container}`);
    return { target, snapshot };
  }

  async faultFact(fact: FaultFact, container: string): Promise<string[]> {
    const scene = await this.target(container);
    const own = ownProcesses(scene.target, scene.snapshot);
    return readFaultFact(fact, { ...scene, own, nativeBin: this.#host.native.bin });
  }

  /** Remote ends of the established connections in the container's network namespace. */
  async connections(container: string): Promise<string[]> {
    const { target, snapshot } = await this.target(container);
    return (snapshot.sockets.get(target.ns.net) ?? [])
      .filter(({ state }) => state === 'established')
      .map(({ remote }) => remote);
  }

  /** Closes it. @returns what is left of it on the host. */
  async close(): Promise<string[]> {
    this.#probe.close();
    await this.sandbox.close();
    const { stateDir } = this.#host;
    return [...(await findSandboxes(this.#host)), ...(await mountsBelow(stateDir))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#probe.close();
    await reapSandboxes(this.#host);
    await removeCgroupParent(this.#host.cgroups);
    await rm(this.#host.stateDir, { recursive: true, force: true });
  }

  async #run(script: string, user: typeof learner): Promise<Ran> {
    const started = performance.now();
    const { status, stdout, stderr } = await this.sandbox.exec(`exec 2>&1\n${script}`, { user });
    return { status, text: stdout + stderr, ms: performance.now() - started };
  }
}

/** Opens one world for all tests of a suite and hands it over; in the end nothing of it may be left. */
export function withWorld(take: (world: World) => void): void {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    take(world);
  });
  afterAll(async () => {
    const left = await world.close();
    await world[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });
}
