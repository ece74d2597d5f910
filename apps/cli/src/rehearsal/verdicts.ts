import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import type { RehearsingMachine } from './rehearsing-machine.ts';

/** "Not passed" means: still so this long after the last command. */
const stillSoMs = 1_000;
/** From the last command until a check passes, with room for a service that tries again now and then. */
const passTimeoutMs = 12_000;
/** From the last command until the right reason is told, with room for a busy machine. */
const reasonTimeoutMs = 4_000;
const everyMs = 25;

/** Waits until nothing more will be told of what happened before: a second has passed, and a look since. */
export async function settle(machine: RehearsingMachine): Promise<void> {
  const since = Date.now();
  await delay(stillSoMs);
  await machine.looked(since);
  // The verdicts of that look and the answer that told of it come by different ways.
  await delay(everyMs);
}

/** @returns why it is no proof that a check was not passed, or null. */
export function notPassed(machine: RehearsingMachine, check: string): string | null {
  const verdict = machine.verdict(check);
  if (!verdict) return 'was never looked at';
  if (verdict.status === 'passed') return `passed: ${JSON.stringify(verdict.evidence.facts)}`;
  return verdict.status === 'unavailable' ? told(verdict) : null;
}

/** Waits until the check passes. @returns what is told instead, or null. */
export async function passes(machine: RehearsingMachine, check: string): Promise<string | null> {
  const wait = { what: `${check} passes`, everyMs, timeoutMs: passTimeoutMs };
  await until(() => machine.passed(check), wait).catch(() => undefined);
  return machine.passed(check) ? null : `not passed: ${told(machine.verdict(check))}`;
}

/** Waits until the verdict is as wanted. @returns whether it became so. */
export const becomes = (
  machine: RehearsingMachine,
  check: string,
  wanted: (verdict: Verdict) => boolean,
): Promise<boolean> => {
  const isSo = () => {
    const verdict = machine.verdict(check);
    return verdict !== undefined && wanted(verdict);
  };
  return until(isSo, { what: 'it is told', everyMs, timeoutMs: reasonTimeoutMs }).then(
    () => true,
    isSo,
  );
};

/** A verdict in one line. */
export function told(verdict: Verdict | undefined): string {
  if (!verdict) return 'nothing is told';
  if (verdict.status === 'passed') return 'it passed';
  const { key, params } = verdict.reason;
  return `${verdict.status}, ${key} ${JSON.stringify(params)}`;
}
