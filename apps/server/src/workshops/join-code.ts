import { grouped, randomSymbols, readSymbols } from '../sessions/symbols.ts';

const length = 6;
const group = 3;

/** 30 random bits, short enough to be written on a board: `ABC-DEF`. */
export const newJoinCode = (): string => grouped(randomSymbols(length), group);

/** The code as it was given out, however it was typed; null for anything else. */
export function normaliseJoinCode(typed: string): string | null {
  const plain = readSymbols(typed, length);
  return plain && grouped(plain, group);
}
