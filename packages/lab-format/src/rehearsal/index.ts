export {
  type Attempt,
  prompt,
  type Rehearsal,
  type RehearsalTerminal,
  rehearse,
} from './rehearse.ts';
