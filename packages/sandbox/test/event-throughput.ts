// Measures the event stream by hand, as root:
//   npx tsx packages/sandbox/test/event-throughput.ts [SANDBOXES] [COMMANDS_PER_SECOND_EACH] [SECONDS]
import { readFileSync } from 'node:fs';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { EventLog, openTestSource } from './event-log.ts';
import { openTestHost } from './kernel-host.ts';

const [sandboxes = 200, perSecond = 4, seconds = 30] = process.argv.slice(2).map(Number);
const count = perSecond * seconds;
/** Waits with a shell's own means, so that the command is the only process of its round. */
const load = `mkfifo /tmp/never; exec 3<>/tmp/never
  for i in $(seq ${count}); do /bin/true $i; read -rt ${1 / perSecond} -u 3; done; rm /tmp/never`;

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const rssMiB = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)?.[1]) / 1024;

async function measure(): Promise<void> {
  await using host = await openTestHost({ seats: sandboxes });
  await using source = await openTestSource(host, 'bpf');
  const { pid } = source as unknown as { pid: number };
  const machines: Sandbox[] = [];
  const logs: EventLog[] = [];
  for (let i = 0; i < sandboxes; i++) {
    const sandbox = await createSandbox(host);
    machines.push(sandbox);
    logs.push(await EventLog.of(source, sandbox));
  }
  const [loaderBefore, ownBefore, start] = [cpuSeconds(pid), process.cpuUsage(), performance.now()];
  await Promise.all(machines.map((m) => m.exec(load, { timeoutMs: 10_000 * seconds })));
  const elapsed = (performance.now() - start) / 1_000;
  const own = process.cpuUsage(ownBefore);
  const loader = cpuSeconds(pid) - loaderBefore;
  await Promise.all(
    logs.map((log) => log.until('all is told', () => log.all('exit').length >= count)),
  );
  const wrong = logs.filter((log) =>
    log.execs('true').some(({ argv }, i) => argv[1] !== String(i + 1)),
  );
  const records = logs.reduce((sum, { events }) => sum + events.length, 0);
  process.stdout.write(
    `${JSON.stringify({
      recordsPerSecond: Math.round(records / elapsed),
      executed: sandboxes * count,
      told: logs.reduce((sum, log) => sum + log.execs('true').length, 0),
      lost: logs.reduce((sum, { lost }) => sum + lost, 0),
      outOfOrder: wrong.length,
      loaderCpuCores: loader / elapsed,
      loaderMiB: rssMiB(pid),
      readerCpuCores: (own.user + own.system) / 1e6 / elapsed,
    })}\n`,
  );
  for (const machine of machines) await machine.close();
}

await measure();
