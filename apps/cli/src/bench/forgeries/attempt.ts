import { setTimeout as delay } from 'node:timers/promises';
import type { KernelEvent, Verdict } from '@tatami/protocol';
import {
  type EventPrograms,
  type EventSource,
  insideRoot,
  type NativePrograms,
  openEventSource,
  type Sandbox,
  until,
} from '@tatami/sandbox';
import { atOnce } from '../../rehearsal/at-once.ts';
import type { RunnerProcess } from '../../rehearsal/runner-process.ts';
import type { TerminalClient } from '../../rehearsal/terminal-client.ts';
import { adoptSandbox, bringProgram } from '../adopted-sandbox.ts';
import { type Claim, type ClaimName, claimId, claims } from './claims.ts';
import type { Forgery } from './forgery.ts';

/** Machines that are tried at once. */
const machines = 4;
/** A look without an event comes once a second. */
const lookedMs = 1_500;
const patienceMs = 30_000;

/** What the attempts came to; a belief is a sentence that names its forgery. */
export interface Attempts {
  attempts: number;
  believed: string[];
}

/** What attempts share. */
export interface ForgeryHost {
  runner: RunnerProcess;
  native: NativePrograms & EventPrograms;
  /** Folder of the benches' own programs. */
  programs: string;
}

/**
 * Tries each forgery in a machine of its own, and first each claim by an honest learner, whose check must
 * pass: what cannot be passed at all proves nothing. @throws when an honest claim is not believed.
 */
export async function tryForgeries(host: ForgeryHost, chosen: Forgery[]): Promise<Attempts> {
  const { runner, native } = host;
  const source = await openEventSource({
    cgroups: runner.host.cgroups,
    nativeBin: native.bin,
    programs: native,
    kinds: ['bpf'],
  });
  try {
    if (source.kind !== 'bpf') throw new Error(source.detail);
    const names = [...new Set(chosen.map(({ claim }) => claim))];
    await atOnce(names, machines, async (name) => {
      await using machine = await ClaimedMachine.open(host, source, name);
      await machine.beHonest();
    });
    const believed = await atOnce(chosen, machines, async (forgery) => {
      await using machine = await ClaimedMachine.open(host, source, forgery.claim);
      return (await machine.forge(forgery)).map((text) => `${forgery.name}: ${text}`);
    });
    return { attempts: chosen.length, believed: believed.flat() };
  } finally {
    await source.close();
  }
}

/** A machine in which one claim is watched for, by its check and by all its events. */
class ClaimedMachine {
  readonly #runner: RunnerProcess;
  readonly #sandbox: Sandbox;
  readonly #name: ClaimName;
  readonly #claim: Claim;
  readonly #events: KernelEvent[] = [];
  #terminal: TerminalClient | undefined;
  #unwatch: () => void = () => undefined;
  /** Newest verdict, and whether any passed: one that passed stays so. */
  #verdict: Verdict | undefined;

  private constructor(runner: RunnerProcess, sandbox: Sandbox, name: ClaimName) {
    this.#runner = runner;
    this.#sandbox = sandbox;
    this.#name = name;
    this.#claim = claims[name];
  }

  static async open(host: ForgeryHost, source: EventSource, name: ClaimName) {
    const { runner, programs } = host;
    const id = await runner.create();
    const machine = new ClaimedMachine(runner, await adoptSandbox(runner.host, id), name);
    for (const program of ['forge', 'forge-preload'])
      await bringProgram(machine.#sandbox, `${programs}/${program}`, program);
    await machine.#watch(source);
    await runner.events(id, (event) => {
      if (event.type === 'verdict' && event.verdict.checkId === claimId)
        machine.#verdict = event.verdict.verdict;
    });
    const { setup = '', checks } = machine.#claim;
    await runner.openStep(id, { stepId: '00-claim', setup, checks });
    await machine.#until('its check is looked at', () => machine.#verdict !== undefined);
    return machine;
  }

  async beHonest(): Promise<void> {
    const { honest, honestAnswer } = this.#claim;
    if (honest) await this.#type(honest);
    if (honestAnswer) await this.#runner.answer(this.#sandbox.id, claimId, honestAnswer);
    await this.#until('an honest claim is believed', () => this.#verdict?.status === 'passed');
  }

  /** @returns what was believed of it. */
  async forge({ script, answer, event, never }: Forgery): Promise<string[]> {
    if (answer) await this.#runner.answer(this.#sandbox.id, answer.checkId, answer.answer);
    const shown = script ? await this.#run(script) : '';
    await delay(lookedMs);
    return [
      ...(this.#verdict?.status === 'passed'
        ? [`its check passed: ${JSON.stringify(this.#verdict)}`]
        : []),
      ...this.#events
        .filter((one) => event?.(one))
        .map((one) => `an event: ${JSON.stringify(one)}`),
      ...(never && shown.includes(never) ? [`the terminal shows ${JSON.stringify(shown)}`] : []),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch();
    this.#terminal?.close();
    await this.#runner.close(this.#sandbox.id);
  }

  async #watch(source: EventSource): Promise<void> {
    let up = false;
    this.#unwatch = source.watch(this.#sandbox.cgroups, {
      onEvents: (events) => this.#events.push(...events),
      onLost: () => undefined,
      onUp: () => {
        up = true;
      },
      onDown: () => undefined,
    });
    await this.#until('its events are seen', () => up);
  }

  /** Runs a script as a learner with sudo does, from a terminal. @returns what the terminal showed. */
  async #run(script: string): Promise<string> {
    const text = script.replaceAll('@CGROUP@', String(this.#sandbox.cgroups.watched.id));
    const { status, stderr } = await this.#sandbox.exec(
      `cat >/home/learner/attempt <<'END-OF-ATTEMPT'\n${text}\nEND-OF-ATTEMPT`,
      { user: insideRoot },
    );
    if (status !== 0) throw new Error(`the attempt cannot be brought in: ${stderr}`);
    const terminal = await this.#type('sudo bash attempt; echo over-$((6 * 7))');
    await terminal.awaits('over-42');
    return terminal.text;
  }

  async #type(line: string): Promise<TerminalClient> {
    if (!this.#terminal) {
      this.#terminal = this.#runner.attach(this.#sandbox.id);
      await this.#terminal.awaits('lab-host');
    }
    this.#terminal.type(`${line}\r`);
    return this.#terminal;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    await until(holds, { what, timeoutMs: patienceMs }).catch((cause: Error) => {
      const told = JSON.stringify({ verdict: this.#verdict, terminal: this.#terminal?.text });
      throw new Error(`${this.#name}: ${cause.message}; ${told}`, { cause });
    });
  }
}
