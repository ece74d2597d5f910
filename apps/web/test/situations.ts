import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MapPicture } from '@tatami/protocol';

const folder = join(import.meta.dirname, '../../../packages/checks/test/map-situations');

/** A moment of a machine, and what a reader of its map has to be able to say. */
export interface Situation {
  name: string;
  picture: MapPicture;
  answers: {
    inside: { terminal: string; kinds: string[]; pid1: number | null }[];
    sharesNet: { who: string; with: string[] }[];
    made: { terminal: string; kinds: string[] } | null;
    entered: { terminal: string; kinds: string[]; whose: string } | null;
  };
}

/** All situations with their answers. */
export const situations = (): Situation[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const found = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Situation;
      return { ...found, picture: MapPicture.parse(found.picture) };
    });

/** The situation of this name. */
export function situation(name: string): Situation {
  const found = situations().find((one) => one.name === name);
  if (!found) throw new Error(`no situation ${name}`);
  return found;
}
