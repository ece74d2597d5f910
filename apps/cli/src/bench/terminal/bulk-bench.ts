import { setTimeout as delay } from 'node:timers/promises';
import type { Peer } from './peers.ts';
import { ranMs } from './processes.ts';
import { ByRound, rotated, rounds } from './rounds.ts';

/** How often the stream is printed in a row. */
const copies = 2;
/** Recordings are on the disk by then. */
const settleMs = 400;

/** By round: how fast output comes, and what each megabyte costs those who serve it and the attach helper. */
export interface Bulk {
  megabytesPerSecond: ByRound;
  cpuMsPerMB: ByRound;
  helperCpuMsPerMB: ByRound;
}

/** Has each peer print the stream. @param shown what a terminal shows of it, in bytes. */
export async function measureBulk(peers: Peer[], shown: number): Promise<Bulk> {
  const bulk = {
    megabytesPerSecond: new ByRound(),
    cpuMsPerMB: new ByRound(),
    helperCpuMsPerMB: new ByRound(),
  };
  const bytes = copies * shown;
  const megabytes = bytes / 1e6;
  for (let round = 0; round <= rounds; round++)
    for (const { name, line, stream, servers, helpers } of rotated(peers, round)) {
      const before = { servers: await ranMs(servers), helpers: await ranMs(helpers) };
      const ms = await line.flow(`cat${` ${stream}`.repeat(copies)}`, bytes);
      await delay(settleMs);
      if (round === 0) continue;
      bulk.megabytesPerSecond.add(name, (megabytes / ms) * 1000);
      bulk.cpuMsPerMB.add(name, ((await ranMs(servers)) - before.servers) / megabytes);
      bulk.helperCpuMsPerMB.add(name, ((await ranMs(helpers)) - before.helpers) / megabytes);
    }
  return bulk;
}
