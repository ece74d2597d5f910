export {
  type Attempt,
  type Rehearsal,
  type RehearsalTerminal,
  rehearse,
  typeLines,
} from './rehearse.ts';
export { type Shown, type Troubleshooter, troubleshooters } from './troubleshooters.ts';
export { type WrongSequence, wrongSequences } from './wrong-sequences.ts';
