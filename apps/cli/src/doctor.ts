import { join } from 'node:path';
import { examine } from './doctor/examine.ts';
import { cacheDir, cloneRoot } from './paths.ts';

/** Prints how fit this host is for `seats` sandboxes, changing nothing. @returns the exit code: 1 when something fails. */
export async function doctor(options: { json: boolean; seats: number }): Promise<number> {
  const nativeSources = join(cloneRoot, 'packages/sandbox/native');
  const findings = await examine({ cacheDir, nativeSources }, options.seats);
  if (options.json) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  else
    for (const { name, status, detail } of findings)
      process.stdout.write(`${status.padEnd(5)}${name}: ${detail}\n`);
  return findings.some(({ status }) => status === 'fail') ? 1 : 0;
}
