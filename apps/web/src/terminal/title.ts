import { shortened, visible } from '../lab/learner-text.tsx';

const mostCharacters = 80;

/** A title that a program set (OSC 0, OSC 2), as one short line of visible characters. */
export const safeTitle = (title: string): string =>
  // Cut first: all of a megabyte is not looked at.
  shortened(visible(title.slice(0, 4 * mostCharacters).trim()), mostCharacters);
