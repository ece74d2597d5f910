import { grouped, randomSymbols, readSymbols } from './symbols.ts';

const length = 16;
const group = 4;

/** 80 random bits as four groups of four, e.g. `7K2M-QW4X-90AB-CDEF`. */
export const newResumeCode = (): string => grouped(randomSymbols(length), group);

/** The code as it was given out, whatever case, spaces or look-alikes were typed; null for anything else. */
export function normaliseResumeCode(typed: string): string | null {
  const plain = readSymbols(typed, length);
  return plain && grouped(plain, group);
}
