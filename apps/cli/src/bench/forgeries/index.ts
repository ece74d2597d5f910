import { programs } from './programs.ts';
import { texts } from './texts.ts';
import { world } from './world.ts';

export { claims } from './claims.ts';

/** Every forgery that is attempted, by `bench judge` and by CI. */
export const forgeries = [...texts, ...programs, ...world];
