import { SandboxCgroups, until } from '@tatami/sandbox';
import type { RunnerProcess } from '../rehearsal/runner-process.ts';
import type { TerminalClient } from '../rehearsal/terminal-client.ts';

const phaseMs = 2_500;
const rounds = 2;

/** A flood typed by a learner with sudo, and when it has reached the sandbox's limit. */
interface Flood {
  script: string;
  full(cgroups: SandboxCgroups, runner: RunnerProcess): Promise<boolean>;
}

const fill = (dir: string) =>
  `while true; do n=$((n + 1)); head -c 16M /dev/zero > ${dir}/$n; done 2>/dev/null`;

const floods: Flood[] = [
  {
    script: ':(){ :|:& };: 2>/dev/null; sleep 60',
    full: async (cgroups, { host }) => (await cgroups.pids()).length > host.limits.pids * 0.7,
  },
  {
    script: `mount -t tmpfs -o size=4g none /mnt; ${fill('/mnt')}`,
    full: async (cgroups, { host }) =>
      (await cgroups.memoryBytes()) > host.limits.memoryBytes * 0.9,
  },
  {
    script: fill('/root'),
    full: async (cgroups, { host }) => (await cgroups.memoryBytes()) > host.limits.diskBytes * 0.9,
  },
];

/** Echo times of a neighbour, in milliseconds, without and with a flood next door; the phases alternate. */
export async function neighbourEchoes(
  runner: RunnerProcess,
  neighbour: TerminalClient,
): Promise<{ quiet: number[]; flooded: number[] }> {
  const quiet: number[] = [];
  const flooded: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const flood of floods) {
      quiet.push(...(await neighbour.echoes(phaseMs)));
      const id = await startFlood(runner, flood);
      flooded.push(...(await neighbour.echoes(phaseMs)));
      await runner.close(id);
    }
  }
  return { quiet, flooded };
}

async function startFlood(runner: RunnerProcess, flood: Flood): Promise<string> {
  const id = await runner.create();
  const terminal = runner.attach(id);
  await terminal.awaits('lab-host');
  terminal.type(`exec sudo bash -c '${flood.script}'\r`);
  const cgroups = new SandboxCgroups(runner.host.cgroups, id);
  await until(() => flood.full(cgroups, runner), { what: 'a flood reaches its limit' });
  return id;
}
