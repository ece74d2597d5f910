import { type RunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { withThrowawayHost } from '../../throwaway-host.ts';
import { tryForgeries } from '../forgeries/attempt.ts';
import { forgeries } from '../forgeries/index.ts';
import { say } from '../targets.ts';
import { callWitness } from '../witness/witness.ts';
import type { JudgeFigures } from './judge-targets.ts';

/** How many forgeries are believed. */
export async function measureForgeries(
  parts: RunnerParts & { programs: string },
): Promise<{ figures: JudgeFigures }> {
  say(`Attempting ${forgeries.length} forgeries ...`);
  await using runner = await RunnerProcess.start(parts, 6, 2);
  const { native, programs } = parts;
  const { attempts, believed } = await tryForgeries({ runner, native, programs }, forgeries);
  for (const text of believed) say(`Believed: ${text}`);
  await runner.stop();
  const forged = new Set(believed.map((text) => text.split(': ')[0]));
  return { figures: { forged: { measured: forged.size, n: attempts } } };
}

/** Where what is observed differs from what util-linux says. */
export async function measureWitness(): Promise<{ figures: JudgeFigures }> {
  say('Calling lsns, findmnt and stat as witnesses ...');
  const { situations, mismatches } = await withThrowawayHost(4, (host) => callWitness(host));
  for (const text of mismatches) say(`The witness disagrees: ${text}`);
  return { figures: { witnessMismatches: { measured: mismatches.length, n: situations } } };
}
