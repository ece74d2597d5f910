import { execFile } from 'node:child_process';
import { join } from 'node:path';

const launcher = join(import.meta.dirname, '../../apps/cli/bin/tatami.mjs');

/** Runs `tatami evidence verify`. */
export const verifyEvidence = (...args: string[]): Promise<{ code: number; out: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [launcher, 'evidence', 'verify', ...args], (error, out) =>
      resolve({ code: Number(error?.code ?? 0), out }),
    );
  });
