import { measureBulk } from './bulk-bench.ts';
import { bare, relay } from './contenders.ts';
import { measureEchoes } from './echo-bench.ts';
import { openContender, openDirect, openOurs, type Peer } from './peers.ts';
import { pssMiB } from './processes.ts';
import type { Stand } from './stand.ts';
import type { PeerPrograms } from './terminal-bench.ts';
import type { TerminalFigures } from './terminal-targets.ts';

/** Ours beside the bare server and the relay, in turns; the relay without a machine says what attaching costs. */
export async function measureBesidePeers(
  stand: Stand,
  { bareBundle, programs, contenders }: PeerPrograms,
): Promise<{ figures: TerminalFigures; more: Record<string, unknown> }> {
  const peers: Peer[] = [];
  try {
    peers.push(await openOurs(stand));
    peers.push(await openContender(stand, bare(bareBundle)));
    peers.push(await openContender(stand, relay(programs)));
    peers.push(await openDirect(stand, relay(programs)));
    for (const contender of contenders) peers.push(await openContender(stand, contender));
    const { paced, unpaced } = await measureEchoes(peers);
    const bulk = await measureBulk(peers, stand.shown.length);
    const { megabytesPerSecond, cpuMsPerMB, helperCpuMsPerMB } = bulk;
    const absolute = peers.map(({ name }) => ({
      name,
      echoPacedMs: rounded(paced.median(name), 3),
      echoUnpacedMs: rounded(unpaced.median(name), 3),
      bulkMBPerSecond: rounded(megabytesPerSecond.median(name), 1),
      cpuMsPerMB: rounded(cpuMsPerMB.median(name), 2),
    }));
    const relayHelper = peers.find(({ name }) => name === 'relay')?.helpers ?? [];
    const attachHelper = {
      echoPacedMs: rounded(paced.median('relay') - paced.median('direct'), 3),
      echoUnpacedMs: rounded(unpaced.median('relay') - unpaced.median('direct'), 3),
      bulkVsDirect: rounded(megabytesPerSecond.ratio('relay', 'direct').measured, 2),
      cpuMsPerMB: rounded(helperCpuMsPerMB.median('relay'), 2),
      pssMiB: rounded(await pssMiB(relayHelper), 2),
    };
    return {
      figures: {
        echoPacedVsBare: paced.ratio('ours', 'bare'),
        echoPacedVsRelay: paced.ratio('ours', 'relay'),
        echoUnpacedVsBare: unpaced.ratio('ours', 'bare'),
        bulkVsBare: megabytesPerSecond.ratio('ours', 'bare'),
        cpuMsPerMBVsBare: cpuMsPerMB.ratio('ours', 'bare'),
      },
      more: { peers: absolute, attachHelper },
    };
  } finally {
    for (const peer of peers.reverse()) await peer.close();
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
