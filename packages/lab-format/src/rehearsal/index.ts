export {
  type Attempt,
  prompt,
  type Rehearsal,
  type RehearsalTerminal,
  rehearse,
} from './rehearse.ts';
export { type WrongSequence, wrongSequences } from './wrong-sequences.ts';
