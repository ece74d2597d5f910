import type { AnswerFacts, KernelView } from '@tatami/protocol';
import { type Fact, met, unmet, unseen } from './outcome.ts';

const normal = (text: string): string => text.trim().toLowerCase();
/** A state as ps(1) shows it, with its flags, or proc_pid_status(5), in words: "Tsl", "T (stopped)". */
const shownState = /^([a-z])(?:[<NLsl+]*|\s*\([a-z ]+\))$/i;

/** What was typed against what the kernel said when the fault was made. */
export function answerFacts(checkId: string, wanted: AnswerFacts, view: KernelView): Fact[] {
  const answer = view.answers.get(checkId);
  // A fault may need a moment to show, which is nothing to reset the step for.
  if (!answer) return [unmet(wanted.cause ? 'answer-missing' : 'value-missing')];
  const values = view.faultFacts.get(checkId);
  if (!values || values.length === 0) return [unseen('fact-unreadable')];
  const { cause, value } = answer;
  if (wanted.cause && cause !== wanted.cause)
    return [unmet('answer-cause', cause ? { cause } : {})];
  const said = wanted.fact === 'state' ? (value.match(shownState)?.[1] ?? value) : value;
  if (!values.map(normal).includes(normal(said)))
    return [unmet(wanted.cause ? 'answer-value' : `answer-${wanted.fact}`, { value })];
  return [met({ name: 'answer', value: wanted.cause ? `${cause}: ${value}` : value })];
}
