import type { Lab, LabStep } from '@tatami/lab-format/loader';
import { typeLines } from '@tatami/lab-format/rehearsal';
import { blocksOf } from '../../lab/test/lesson.ts';
import type { Block } from '../../lab/test/play.ts';
import { lastNumber } from '../../lab/test/prove.ts';
import type { Participant } from './participant.ts';
import type { Tally } from './tally.ts';

/** The longest command of a lesson looks for eight seconds. */
const commandMs = 30_000;
/** From the last command of a step until its checks must have passed. */
const passMs = 15_000;
const startsContainer = /^docker run\b/;

interface Played {
  lab: Lab;
  step: LabStep;
  tally: Tally;
  /** Resolves when the learner has read what comes next. */
  think: () => Promise<void>;
}

/**
 * Works through a step that is open: every command of its prose into its terminal, then whatever asks for an answer.
 * What the commands met and was not ticked counts as lost. @throws when the step cannot be done to its end.
 */
export async function playStep(learner: Participant, played: Played): Promise<void> {
  const { lab, step, tally } = played;
  const play = new StepPlay(learner, played);
  for (const block of step.drill ? [] : blocksOf(lab, step, 'en')) await play.block(block);
  await play.letGoAll();
  for (const id of step.drill ? [] : metByBlocks(step))
    if (!(await learner.passes(id, passMs))) tally.lost(learner.name, `${id} was not ticked`);
  for (const id of step.checkIds) if (!learner.passed.has(id)) await play.solve(id);
}

const metByBlocks = ({ draws }: LabStep): string[] =>
  (draws[0]?.checks ?? []).filter(({ answer, service }) => !answer && !service).map(({ id }) => id);

class StepPlay {
  readonly #learner: Participant;
  readonly #played: Played;
  /** Terminals that a block keeps. */
  readonly #kept = new Set<string>();

  constructor(learner: Participant, played: Played) {
    this.#learner = learner;
    this.#played = played;
  }

  async block({ terminal, text, expect }: Block): Promise<void> {
    const { step, tally, think } = this.#played;
    await think();
    if (expect.mended) await this.#mend();
    await this.#letGo(terminal);
    const typed = text.trimEnd();
    if (expect.holds) {
      await this.#learner.hold(terminal, typed);
      this.#kept.add(terminal);
      return;
    }
    const { ranMs } = await this.#learner.type(terminal, typed.split('\n'));
    if (startsContainer.test(typed)) tally.containerStarted(`${step.id}, docker run`, ranMs);
  }

  async letGoAll(): Promise<void> {
    for (const terminal of [...this.#kept]) await this.#letGo(terminal);
  }

  /** Meets a check as the interface says who asks it for the solution. */
  async solve(checkId: string): Promise<void> {
    const { step, think } = this.#played;
    await think();
    if (checkId === step.quiz?.spec.id) return this.#answerQuiz(checkId);
    const { lines, answer } = await this.#learner.solution(checkId);
    const spec = step.draws[0]?.checks.find(({ id }) => id === checkId);
    const asks = spec?.answer !== undefined;
    const shown = await typeLines(this.#learner, lines, {
      withinMs: commandMs,
      ...(asks && { lastWithinMs: commandMs }),
    });
    if (answer) await this.#learner.answer(checkId, answer);
    else if (asks) await this.#learner.answer(checkId, { value: lastNumber(shown) });
    await this.#mustPass(checkId);
  }

  /** Names and mends what was drawn. */
  async #mend(): Promise<void> {
    const { step } = this.#played;
    for (const { id, answer } of step.draws[0]?.checks ?? [])
      if (answer?.cause && !this.#learner.passed.has(id)) await this.solve(id);
  }

  async #answerQuiz(checkId: string): Promise<void> {
    const { quiz } = this.#played.step;
    const state = this.#learner.attempt.quizzes.find((one) => one.checkId === checkId);
    const right = new Map(quiz?.pool.map(({ id, answer }) => [id, answer]));
    const answers = Object.fromEntries(
      (state?.questions ?? []).map((id) => [id, right.get(id) ?? '']),
    );
    await this.#learner.answerQuiz(checkId, answers);
    await this.#mustPass(checkId);
  }

  async #mustPass(checkId: string): Promise<void> {
    if (await this.#learner.passes(checkId, passMs)) return;
    throw new Error(`${checkId} does not pass by its solution`);
  }

  async #letGo(terminal: string): Promise<void> {
    if (this.#kept.delete(terminal)) await this.#learner.prompt(terminal);
  }
}
