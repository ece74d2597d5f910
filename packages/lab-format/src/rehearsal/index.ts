export {
  type Attempt,
  type Rehearsal,
  type RehearsalTerminal,
  rehearse,
  typeLines,
} from './rehearse.ts';
export { type WrongSequence, wrongSequences } from './wrong-sequences.ts';
