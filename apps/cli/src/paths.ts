import { z } from 'zod';

/** The clone's folder, set by the launcher. */
export const cloneRoot = z.string().parse(process.env.TATAMI_ROOT);
/** Where built things are kept between starts. */
export const cacheDir = '/var/lib/tatami';
