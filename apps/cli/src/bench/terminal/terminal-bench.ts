import { join } from 'node:path';
import { cacheDir, cloneRoot } from '../../paths.ts';
import { bundleApp } from '../../prepare/bundle.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { UserError } from '../../user-error.ts';
import { buildBenchPrograms } from '../native.ts';
import { chooseTargets, judge, report, say } from '../targets.ts';
import { measureBesidePeers } from './beside-peers.ts';
import { type Contender, installed } from './contenders.ts';
import { interruptSlowNetwork, interruptSlowRenderer } from './interrupt-bench.ts';
import { measureLoss } from './loss-bench.ts';
import { measureReconnects } from './reconnect-bench.ts';
import { measureSessions } from './session-bench.ts';
import { measureSlowClients } from './slow-client-bench.ts';
import { Stand } from './stand.ts';
import { type TerminalFigures, type TerminalTarget, terminalTargets } from './terminal-targets.ts';

/** Programs of others that are compared with. */
export interface PeerPrograms {
  bareBundle: string;
  programs: string;
  /** Those that were asked for by name. */
  contenders: Contender[];
}

interface Part {
  targets: TerminalTarget[];
  what: string;
  measure: (
    stand: Stand,
    programs: PeerPrograms,
  ) => Promise<{ figures: TerminalFigures; more?: Record<string, unknown> }>;
}

const only = (
  name: TerminalTarget,
  what: string,
  measure: (stand: Stand) => Promise<TerminalFigures[TerminalTarget]>,
): Part => ({
  targets: [name],
  what,
  measure: async (stand) => ({ figures: { [name]: await measure(stand) } }),
});

const parts: Part[] = [
  {
    targets: [
      'echoPacedVsBare',
      'echoPacedVsRelay',
      'echoUnpacedVsBare',
      'bulkVsBare',
      'cpuMsPerMBVsBare',
    ],
    what: 'keys and output beside the peers',
    measure: measureBesidePeers,
  },
  only('bytesLost', 'what is lost', measureLoss),
  only('ctrlCSlowRendererMs', 'Ctrl-C and a slow renderer', interruptSlowRenderer),
  only('ctrlCSlowNetworkMs', 'Ctrl-C and a slow network', interruptSlowNetwork),
  only('slowClientGrowthMiB', 'clients that take nothing', measureSlowClients),
  only('reconnectVsFirstPrompt', 'reconnects', measureReconnects),
  {
    targets: ['sessionMiB200', 'cpu50x1lineCores'],
    what: 'sessions',
    measure: async (stand) => ({ figures: await measureSessions(stand) }),
  },
];

/**
 * Measures the terminal beside the least that could serve one, and what it bears.
 * @returns the exit code: 0 when every target is met, else 1. @throws UserError when it could not run.
 */
export async function terminalBench(options: {
  json?: boolean;
  only?: string;
  with?: string;
}): Promise<number> {
  requireRoot();
  const chosen = chooseTargets(terminalTargets, options.only);
  const contenders = options.with?.split(',').map(installed) ?? [];
  const { figures, more } = await measure(chosen, contenders).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the bench could not run: ${cause.message}`, { cause });
  });
  const rules = Object.fromEntries(chosen.map((name) => [name, terminalTargets[name]]));
  return report(judge(rules, figures as Required<TerminalFigures>), {
    json: options.json ?? false,
    more,
  });
}

async function measure(chosen: TerminalTarget[], contenders: Contender[]) {
  await installDebianPackages(runtimePackages);
  const sources = join(cloneRoot, 'apps/cli/src/bench/native');
  const programs = {
    programs: await buildBenchPrograms(join(cacheDir, 'bench'), sources),
    bareBundle: await bundleApp('apps/runner/bench/bare-terminal.ts', 'bare-terminal'),
    contenders,
  };
  await using stand = await Stand.build();
  const figures: TerminalFigures = {};
  const more: Record<string, unknown> = {};
  for (const part of parts) {
    if (!part.targets.some((name) => chosen.includes(name))) continue;
    say(`Measuring ${part.what} ...`);
    const found = await part.measure(stand, programs);
    Object.assign(figures, found.figures);
    Object.assign(more, found.more);
  }
  return { figures, more };
}
