import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { cloneRoot } from '../../paths.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { UserError } from '../../user-error.ts';
import { openBrowser } from '../browser.ts';
import { Product } from '../judge/product.ts';
import { chooseTargets, judge, report } from '../targets.ts';
import { measureAccess } from './axe-bench.ts';
import { measureCosts } from './cost-bench.ts';
import { type MapFigures, type MapTarget, mapTargets } from './map-targets.ts';
import { measureSituations } from './situation-bench.ts';
import { measureUpdates } from './update-bench.ts';

interface Part {
  targets: MapTarget[];
  measure: (browser: Browser, url: string) => Promise<MapFigures>;
}

const parts: Part[] = [
  {
    targets: ['mapCpuCoresIdle', 'mapCpuCores200', 'frameP95Ms200'],
    measure: measureCosts,
  },
  {
    targets: ['updateP95Ms'],
    measure: async (browser, url) => ({ updateP95Ms: await measureUpdates(browser, url) }),
  },
  {
    targets: ['situations', 'mapTableMismatches'],
    measure: async (browser, url) => (await measureSituations(browser, url)).figures,
  },
  {
    targets: ['axeViolations'],
    measure: async (browser, url) => ({ axeViolations: await measureAccess(browser, url) }),
  },
];

/**
 * Measures whether the map is live, smooth, cheap, true and open to everybody.
 * @returns the exit code: 0 when every target is met, else 1. @throws UserError when it could not run.
 */
export async function mapBench(options: { json?: boolean; only?: string }): Promise<number> {
  requireRoot();
  const chosen = chooseTargets(mapTargets, options.only);
  const figures = await measure(chosen).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the bench could not run: ${cause.message}`, { cause });
  });
  const rules = Object.fromEntries(chosen.map((name) => [name, mapTargets[name]]));
  return report(judge(rules, figures as Required<MapFigures>), { json: options.json ?? false });
}

async function measure(chosen: MapTarget[]): Promise<MapFigures> {
  await installDebianPackages([...runtimePackages, 'chromium']);
  await using product = await Product.start({
    seats: 4,
    writeLabs: (dir) => cp(join(cloneRoot, 'labs'), dir, { recursive: true }),
  });
  await using browser = await openBrowser();
  const figures: MapFigures = {};
  for (const part of parts)
    if (part.targets.some((name) => chosen.includes(name)))
      Object.assign(figures, await part.measure(browser, product.url));
  return figures;
}
