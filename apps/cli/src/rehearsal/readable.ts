import { stripVTControlCharacters } from 'node:util';

/** A terminal's output as a reader sees it. */
export const readable = (output: string): string =>
  stripVTControlCharacters(output).replaceAll('\r', '');

/** The last lines of what a terminal showed, for a message. */
export const tail = (shown: string, lines = 12): string =>
  readable(shown).trimEnd().split('\n').slice(-lines).join('\n');
