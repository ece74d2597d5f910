export { type LookUp, lookUp } from './look-up.ts';
export {
  type Attempt,
  prompt,
  type Rehearsal,
  type RehearsalTerminal,
  rehearse,
} from './rehearse.ts';
export { type Shown, type Troubleshooter, troubleshooters } from './troubleshooters.ts';
export { type WrongSequence, wrongSequences } from './wrong-sequences.ts';
