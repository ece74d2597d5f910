import { until } from '@tatami/sandbox';
import {
  prepareRunnerParts,
  type RunnerParts,
  RunnerProcess,
} from '../rehearsal/runner-process.ts';
import type { TerminalClient } from '../rehearsal/terminal-client.ts';
import { UserError } from '../user-error.ts';
import { neighbourEchoes } from './floods.ts';
import { findLeftovers, idleMiB, rangeProcesses } from './host-traces.ts';
import { sandboxTargets } from './sandbox-targets.ts';
import { type Figure, judge, quantile, report, say } from './targets.ts';

const prompt = 'lab-host';
const samples = 24;

/**
 * Measures sandboxes through a real runner. @returns the exit code: 0 when every target is met, else 1.
 * @throws UserError when it could not run.
 */
export async function sandboxBench(options: {
  json?: boolean;
  sandboxes: string;
}): Promise<number> {
  const count = Number(options.sandboxes);
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new UserError('--sandboxes wants a whole number from 1 to 200.');
  const figures = await measure(count).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the bench could not run: ${cause.message}`, { cause });
  });
  return report(judge(sandboxTargets, figures), { json: options.json ?? false });
}

async function measure(count: number): Promise<Record<keyof typeof sandboxTargets, Figure>> {
  const parts = await prepareRunnerParts();
  const without = await measureWithoutPool(parts, count);
  const warm = await measureWarm(parts);
  const leftovers = [...without.leftovers, ...warm.leftovers];
  for (const what of leftovers) process.stderr.write(`Left behind: ${what}\n`);
  const p50 = (values: number[]) => ({ measured: quantile(values, 0.5), n: values.length });
  const { quiet, flooded } = without.echoes;
  return {
    sandboxes: { measured: without.alive, n: 1 },
    coldPromptP50Ms: p50(without.prompts),
    warmPromptP50Ms: p50(warm.prompts),
    idleMiB: p50(without.idle),
    closeP50Ms: p50(without.closes),
    leftovers: { measured: leftovers.length, n: 2 },
    neighbourEchoP95Ratio: {
      measured: quantile(flooded, 0.95) / quantile(quiet, 0.95),
      n: Math.min(quiet.length, flooded.length),
    },
  };
}

async function measureWithoutPool(parts: RunnerParts, count: number) {
  const before = await rangeProcesses();
  await using runner = await RunnerProcess.start(parts, count + 1, 0);
  say('Measuring prompts of new sandboxes, and closing them ...');
  const prompts: number[] = [];
  const closes: number[] = [];
  for (let n = 0; n < samples; n++) {
    const { id, ms } = await openToPrompt(runner);
    prompts.push(ms);
    closes.push(await timed(() => runner.close(id)));
  }
  say(`Measuring ${count} sandboxes at once ...`);
  const { ids, terminals } = await openAll(runner, count);
  const idle = await idleMiB(runner.host, runner.pid, ids);
  say('Measuring a neighbour of floods ...');
  const neighbour = terminals[0];
  if (!neighbour) throw new Error('no sandbox could be made');
  const echoes = await neighbourEchoes(runner, neighbour);
  const alive = await answering(terminals);
  await runner.stop();
  const leftovers = await findLeftovers(runner.host, before);
  return { prompts, closes, idle, echoes, alive, leftovers };
}

async function measureWarm(parts: RunnerParts) {
  const before = await rangeProcesses();
  await using runner = await RunnerProcess.start(parts, 2, 1);
  say('Measuring prompts of sandboxes made ahead ...');
  const prompts: number[] = [];
  for (let n = 0; n < samples; n++) {
    await until(async () => (await runner.health()).seats.warm >= 1, { what: 'the pool is ready' });
    const { id, ms } = await openToPrompt(runner);
    prompts.push(ms);
    await runner.close(id);
  }
  await runner.stop();
  return { prompts, leftovers: await findLeftovers(runner.host, before) };
}

async function openToPrompt(runner: RunnerProcess): Promise<{ id: string; ms: number }> {
  const started = performance.now();
  const id = await runner.create();
  const terminal = runner.attach(id);
  await terminal.awaits(prompt);
  return { id, ms: performance.now() - started };
}

async function openAll(runner: RunnerProcess, count: number) {
  const ids: string[] = [];
  const terminals: TerminalClient[] = [];
  for (let n = 0; n < count; n++) {
    const id = await runner.create();
    const terminal = runner.attach(id);
    await terminal.awaits(prompt);
    ids.push(id);
    terminals.push(terminal);
  }
  return { ids, terminals };
}

/** How many shells still do what they are told. */
async function answering(terminals: TerminalClient[]): Promise<number> {
  const answers = terminals.map(async (terminal) => {
    terminal.type('\x15echo $((6 * 7))\r');
    await terminal.awaits('42\r');
  });
  return (await Promise.allSettled(answers)).filter(({ status }) => status === 'fulfilled').length;
}

async function timed(action: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}
