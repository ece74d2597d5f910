import { type Sandbox, until } from '@tatami/sandbox';
import { type RunnerParts, RunnerProcess } from '../../rehearsal/runner-process.ts';
import { adoptSandbox, bringProgram } from '../adopted-sandbox.ts';
import { findLeftovers, rangeProcesses } from '../host-traces.ts';
import { say } from '../targets.ts';
import { type FirstLoss, followLoad } from './follow-load.ts';
import type { JudgeFigures } from './judge-targets.ts';
import { drawStep, readLesson } from './lesson-step.ts';
import { executeLoad, type Load, loadProgram, recordsPerCommand } from './load-program.ts';
import { type Cost, measureCost } from './observer-cost.ts';

const sandboxCount = 200;
/** It has a check of every kind of namespace. */
const stepId = '02-namespaces';
/** A little more than the four commands a second of the target, so that a late last one does not count. */
const load: Load = { commands: 130, intervalMs: 230 };

/** A real runner with 200 machines under load: what it delivers, what it loses, what it costs. */
export async function measureLoad(
  parts: RunnerParts & { programs: string },
): Promise<{ figures: JudgeFigures; firstLoss: FirstLoss }> {
  const before = await rangeProcesses();
  await using runner = await RunnerProcess.start(parts, sandboxCount, 0);
  const sandboxes = await openSandboxes(runner, parts.programs);
  const delivered = await measureDelivery(runner, sandboxes);
  const followed = await followLoad(runner.host, parts.native, sandboxes, load);
  say('Closing the sandboxes ...');
  await runner.stop();
  const leftovers = await findLeftovers(runner.host, before);
  if (leftovers.length > 0) throw new Error(`the load left ${leftovers.join(', ')} behind`);
  const { cost } = delivered;
  const executed = delivered.executed + followed.executed;
  return {
    figures: {
      recordsPerSecond: { measured: delivered.recordsPerSecond, n: delivered.records },
      lost: { measured: delivered.lost + followed.lost, n: executed },
      observerCpuCores: { measured: cost.cpuCores, n: cost.seconds },
      observerMiB: { measured: cost.mebibytes, n: cost.samples },
    },
    firstLoss: followed.firstLoss,
  };
}

/** Every machine as a learner has it: a step open, its checks unmet. */
async function openSandboxes(runner: RunnerProcess, programs: string): Promise<Sandbox[]> {
  const { setup, checks } = drawStep(await readLesson(), stepId, 'bench');
  const sandboxes: Sandbox[] = [];
  for (let n = 1; n <= sandboxCount; n++) {
    const id = await runner.create();
    const sandbox = await adoptSandbox(runner.host, id);
    await bringProgram(sandbox, `${programs}/load`, loadProgram);
    await runner.openStep(id, { stepId, setup, checks });
    sandboxes.push(sandbox);
    if (n % 50 === 0) say(`${n} sandboxes are open`);
  }
  return sandboxes;
}

/** What the runner's own source delivers and what observing costs, by the runner's counters. */
async function measureDelivery(runner: RunnerProcess, sandboxes: Sandbox[]) {
  const { kind } = (await runner.health()).events;
  if (kind !== 'bpf')
    throw new Error(`kernel events come from "${kind}", not from the kernel programs`);
  say(
    `Measuring ${sandboxCount} sandboxes, ${(1000 / load.intervalMs).toFixed(2)} commands a second each ...`,
  );
  let from = { records: 0, lost: 0 };
  let began = 0;
  let executed: number[] = [];
  const cost = await measureCost(runner.pid, async (begin) => {
    executed = await executeLoad(sandboxes, load, async () => {
      from = await settled(runner);
      await begin();
      began = performance.now();
    });
  });
  const seconds = (performance.now() - began) / 1000;
  const to = await settled(runner);
  const records = to.records - from.records;
  const commands = executed.reduce((a, b) => a + b, 0);
  const missing = Math.max(0, commands * recordsPerCommand - records);
  const recordsPerSecond = records / seconds;
  say(
    `${commands} commands executed in ${seconds.toFixed(1)} s, ${records} records, ` +
      `${to.lost - from.lost} counted as lost; ${describe(cost)}`,
  );
  // What the source counts as lost is missing among the records too.
  return {
    recordsPerSecond,
    records,
    lost: Math.max(missing, to.lost - from.lost),
    executed: commands,
    cost,
  };
}

/** The runner's counters once they stand still. */
async function settled(runner: RunnerProcess): Promise<{ records: number; lost: number }> {
  let last = -1;
  await until(
    async () => {
      const { records } = (await runner.health()).events;
      const still = records === last;
      last = records;
      return still;
    },
    { what: 'the records stop coming', everyMs: 150, timeoutMs: 30_000 },
  );
  return (await runner.health()).events;
}

const describe = ({ cpuCores, cores, mebibytes, memory, kernelCores }: Cost): string =>
  `${cpuCores.toFixed(3)} cores (${cores}), ${mebibytes.toFixed(1)} MiB (${memory})` +
  (kernelCores === null ? '' : `, and ${kernelCores.toFixed(3)} cores inside the kernel programs`);
