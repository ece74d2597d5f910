import { RunnerHealth } from '@tatami/protocol';
import { say } from '../../bench/targets.ts';
import { withRunFolder } from '../cache.ts';
import { findFaults, restartServer, uninstalled } from './faults.ts';
import { firstPrompt } from './first-prompt.ts';
import { port, withGuest } from './guest.ts';
import type { GuestAgent } from './guest-agent.ts';
import type { InstalledHost } from './installed.ts';

const promptLimitMs = 10 * 60_000;
const limitMs = 20 * 60_000;
const url = `http://127.0.0.1:${port}`;

/** What whoever reads the log may want to know. */
const facts = `
  systemd-analyze; systemd-analyze blame --no-pager | head -n 12
  for unit in tatami-server tatami-runner; do
    echo "$unit: $(systemd-analyze security --no-pager $unit.service | tail -n 1)"
  done
  free --mebi; cat /proc/version`;

/** What an installed host showed from its start on. */
export interface BootedHost {
  bootToPromptS: number;
  /** In the machine's /sys/fs/cgroup, and as its runner says. */
  cgroupVersions: number[];
  /** What else must hold, and does not. */
  faults: string[];
}

/** Boots an installed host, and comes as a learner over the network from this one as soon as it answers. */
export function bootHost(host: InstalledHost): Promise<BootedHost> {
  return withRunFolder((scratch) => {
    const started = performance.now();
    return withGuest(host, { scratch, limitMs }, async (agent) => {
      const terminal = await firstPrompt(url, promptLimitMs);
      const bootToPromptS = (performance.now() - started) / 1000;
      say(`The first prompt came after ${bootToPromptS.toFixed(1)} s.`);
      await agent.ready();
      say((await agent.run(facts)).output);
      const cgroupVersions = await readCgroupVersions(agent);
      const faults = [
        ...(await findFaults(agent)),
        ...(await restartServer(agent, terminal)),
        ...(await uninstalled(agent)),
      ];
      return { bootToPromptS, cgroupVersions, faults };
    });
  });
}

async function readCgroupVersions(agent: GuestAgent): Promise<number[]> {
  const { output } = await agent.run('stat --file-system --format=%T /sys/fs/cgroup');
  const health = await agent.run(
    'curl --silent --unix-socket /run/tatami/runner.sock http://runner/health',
  );
  const { cgroupVersion } = RunnerHealth.parse(JSON.parse(health.output));
  return [output.trim() === 'cgroup2fs' ? 2 : 1, cgroupVersion];
}
