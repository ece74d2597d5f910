import type { Drawn } from '@tatami/lab-format/loader';
import { type Language, promptAtEnd } from '@tatami/protocol';
import { readable, tail } from '../../rehearsal/readable.ts';
import type { RehearsingMachine } from '../../rehearsal/rehearsing-machine.ts';
import { answerAndMend } from '../../rehearsal/troubleshoot.ts';
import { notPassed, passes, settle } from '../../rehearsal/verdicts.ts';
import { type Declared, mismatch, type Typed } from './expectation.ts';
import type { Job } from './job.ts';
import type { Claim, Outcome, ProofKind } from './outcome.ts';

/** A command block of step.yaml. */
export interface Block {
  id: string;
  terminal: string;
  text: string;
  expect: Declared & { mended: boolean };
}

/** A step in one language, as a learner plays it from top to bottom. */
export interface Play {
  step: string;
  lang: Language;
  /** In the order in which the prose shows them. */
  blocks: Block[];
  drawn: Drawn;
  /** The prose of a drill gives no commands to solve it by: its checks are proven by solutions alone. */
  drill: boolean;
}

const promptTimeoutMs = 20_000;
/** What a block started that keeps its terminal is there by then, and a learner in the other terminal. */
const changeTerminalMs = 1_000;

/** Plays every block, and proves the checks: untouched not passed, passed in the end. */
export function playJob(play: Play): Job {
  const { step, lang, blocks, drawn, drill } = play;
  const checks = drawn.checks.map(({ id }) => id);
  const byBlocks = (drill ? [] : drawn.checks.filter(isMetByBlocks)).map(({ id }) => id);
  const fault = drawn.fault?.id ?? null;
  const name = fault === null ? lang : `${lang} with ${fault}`;
  const proof = (kind: ProofKind) => (check: string) => ({ kind, step, check, name });
  const claims: Claim[] = [
    ...checks.map(proof('untouched')),
    ...blocks.map(({ id }) => ({ kind: 'block', step, lang, block: id, fault }) as const),
    ...byBlocks.map(proof('blocks')),
  ];
  return {
    ...{ step, claims, weight: 2 * blocks.length },
    run: async (machine, decide) => {
      machine.step = { stepId: step, setup: drawn.setup, checks: drawn.checks };
      await machine.open();
      // What shells alone would meet is met by opening the page.
      for (const terminal of ['1', '2']) await machine.terminal(terminal);
      if (checks.length > 0) await settle(machine);
      for (const check of checks)
        decide({ ...proof('untouched')(check), failure: notPassed(machine, check) });
      await new Player(machine, play, decide).play();
      for (const check of byBlocks)
        decide({ ...proof('blocks')(check), failure: await passes(machine, check) });
    },
  };
}

/** An answer that nobody draws is typed into a form: no block does that. */
const isMetByBlocks = ({ answer }: Drawn['checks'][number]): boolean =>
  !answer || answer.cause !== undefined;

class Player {
  readonly #machine: RehearsingMachine;
  readonly #play: Play;
  readonly #decide: (outcome: Outcome) => void;
  /** Blocks that keep their terminal, by its name. */
  readonly #holding = new Map<string, Block>();
  #shown = '';
  #mended = false;

  constructor(machine: RehearsingMachine, play: Play, decide: (outcome: Outcome) => void) {
    this.#machine = machine;
    this.#play = play;
    this.#decide = decide;
  }

  async play(): Promise<void> {
    for (const block of this.#play.blocks) {
      if (block.expect.mended) await this.#mend();
      await this.#letGo(block.terminal);
      if (block.expect.holds) await this.#hold(block);
      else await this.#type(block);
      await this.#beSeen();
    }
    for (const terminal of [...this.#holding.keys()]) await this.#letGo(terminal);
    await this.#mend();
  }

  async #type(block: Block): Promise<void> {
    const lines = block.text.trimEnd().split('\n');
    const typed: Typed[] = [];
    for (const line of lines) {
      const [shown = ''] = await this.#machine.type(block.terminal, [line], promptTimeoutMs);
      typed.push({ line, shown });
    }
    this.#judge(block, typed);
  }

  /** Types a block that does not give the prompt back. */
  async #hold(block: Block): Promise<void> {
    const terminal = await this.#machine.terminal(block.terminal);
    terminal.type(`${block.text.trimEnd()}\r`);
    if (await terminal.shows(promptAtEnd, changeTerminalMs))
      this.#judge(block, [], 'should keep its terminal, but gives the prompt back at once');
    else this.#holding.set(block.terminal, block);
  }

  /** Awaits the prompt of a terminal that a block kept. */
  async #letGo(name: string): Promise<void> {
    const block = this.#holding.get(name);
    if (!block) return;
    const terminal = await this.#machine.terminal(name);
    if (!(await terminal.shows(promptAtEnd, promptTimeoutMs)))
      throw new Error(
        `terminal ${name} is still kept by block ${block.id}: ${tail(terminal.text)}`,
      );
    this.#holding.delete(name);
    this.#judge(block, [{ line: block.text, shown: terminal.text }]);
  }

  #judge(block: Block, typed: Typed[], why?: string): void {
    const { step, lang, drawn } = this.#play;
    const output = typed.map(({ shown }) => shown).join('');
    this.#shown += readable(output);
    const fault = drawn.fault?.id ?? null;
    const found = why ?? mismatch(block.expect, typed, fault);
    const failure = found && `terminal ${block.terminal} ${found}\n${tail(output)}`;
    this.#decide({ kind: 'block', step, lang, block: block.id, fault, failure });
  }

  /** A learner looks around before going on; here a look of the runner at the state is all that must fit. */
  async #beSeen(): Promise<void> {
    const waits = this.#play.drawn.checks.some(
      ({ id, process }) => process && !this.#machine.passed(id),
    );
    if (waits) await this.#machine.looked(Date.now());
  }

  async #mend(): Promise<void> {
    const { fault, checks } = this.#play.drawn;
    if (!fault || this.#mended || this.#play.drill) return;
    this.#mended = true;
    await answerAndMend(this.#machine, { fault, checks, shown: this.#shown });
  }
}
