import { join } from 'node:path';
import { cacheDir, cloneRoot } from '../../paths.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { prepareRunnerParts, type RunnerParts } from '../../rehearsal/runner-process.ts';
import { UserError } from '../../user-error.ts';
import { buildBenchPrograms } from '../native.ts';
import { chooseTargets, type Figure, judge, report } from '../targets.ts';
import { measureFaults } from './fault-bench.ts';
import { type JudgeFigures, type JudgeTarget, judgeTargets } from './judge-targets.ts';
import { measureLoad } from './load-bench.ts';
import { measureReasons } from './reason-bench.ts';
import { measureTicks } from './tick-bench.ts';
import { measureForgeries, measureWitness } from './truth-bench.ts';

/** What the parts of the bench are made from: a runner's, and the folder of the bench's own programs. */
export interface JudgeParts extends RunnerParts {
  programs: string;
}

interface Part {
  targets: JudgeTarget[];
  /** Figures of its targets that are chosen, or of all, and what else there is to print beside the targets. */
  measure: (
    parts: JudgeParts,
    chosen: JudgeTarget[],
  ) => Promise<{ figures: JudgeFigures; more?: Record<string, unknown> }>;
}

const parts: Part[] = [
  { targets: ['tickP95Ms1', 'tickP95Ms100'], measure: (_parts, chosen) => measureTicks(chosen) },
  {
    targets: ['recordsPerSecond', 'lost', 'observerCpuCores', 'observerMiB'],
    measure: async (parts) => {
      const { figures, firstLoss } = await measureLoad(parts);
      return { figures, more: { firstLoss } };
    },
  },
  { targets: ['forged'], measure: measureForgeries },
  { targets: ['witnessMismatches'], measure: measureWitness },
  { targets: ['specificReasonRatio'], measure: measureReasons },
  { targets: ['faultVariants'], measure: measureFaults },
];

/**
 * Measures whether the kernel is a judge that sees everything, soon, and believes nobody.
 * @returns the exit code: 0 when every target is met, else 1. @throws UserError when it could not run.
 */
export async function judgeBench(options: { json?: boolean; only?: string }): Promise<number> {
  requireRoot();
  const chosen = chooseTargets(judgeTargets, options.only);
  const { figures, more } = await measure(chosen).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the bench could not run: ${cause.message}`, { cause });
  });
  const rules = Object.fromEntries(chosen.map((name) => [name, judgeTargets[name]]));
  return report(judge(rules, figures), { json: options.json ?? false, more });
}

async function measure(
  chosen: JudgeTarget[],
): Promise<{ figures: Record<string, Figure>; more: Record<string, unknown> }> {
  await installDebianPackages([...runtimePackages, 'chromium']);
  const sources = join(cloneRoot, 'apps/cli/src/bench/native');
  const made: JudgeParts = {
    ...(await prepareRunnerParts()),
    programs: await buildBenchPrograms(join(cacheDir, 'bench'), sources),
  };
  const figures: Record<string, Figure> = {};
  const more: Record<string, unknown> = {};
  for (const part of parts) {
    if (!part.targets.some((name) => chosen.includes(name))) continue;
    const found = await part.measure(made, chosen);
    Object.assign(figures, found.figures);
    Object.assign(more, found.more);
  }
  const missing = chosen.filter((name) => !figures[name]);
  if (missing.length > 0) throw new Error(`nothing measured ${missing.join(', ')}`);
  return { figures, more };
}
