import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, readLock } from './manifests.ts';

/**
 * Licences, by their SPDX names, that ask no more than to be named: what is under them may be part of something under
 * Apache-2.0. A font is only shown (OFL-1.1).
 */
const fitting = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'OFL-1.1',
]);

const Licensed = z.object({
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]),
});

/** Whether one of the licences that an expression leaves the choice of fits. Others a person looks at. */
const fits = (expression: string): boolean =>
  expression
    .replace(/^\(([^()]*)\)$/, '$1')
    .split(' OR ')
    .some((name) => fitting.has(name));

/**
 * What the program runs with and must not, by the lock file of a clone; and where what is installed says something else
 * than the lock file.
 */
export function licenceFaults(root: string): string[] {
  return Object.entries(readLock(root).packages).flatMap(([path, { license, dev, link }]) => {
    if (!path.includes('node_modules/') || link || dev) return [];
    if (license === undefined) return [`${path} states no licence`];
    if (!fits(license)) return [`${path} is under ${license}`];
    const manifest = join(root, path, 'package.json');
    // Builds for other processors are not installed.
    const installed = existsSync(manifest) ? readJson(manifest, Licensed).license : license;
    return installed === license
      ? []
      : [`${path} is under ${installed}, and the lock file says ${license}`];
  });
}
