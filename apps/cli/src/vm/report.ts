import { type Counts, vitestCounts } from '../test-report.ts';
import { UserError } from '../user-error.ts';
import type { MachineEnd } from './qemu.ts';

/**
 * Reads what images/vm/run-tests sent: vitest's exit code in a line, then its JSON report.
 * @throws UserError with the last of the console when there is none.
 */
export function readReport(end: MachineEnd, text: string): Counts {
  const tail = `the last of its console:\n${end.console}`;
  if (end.kind === 'timed-out')
    throw new UserError(
      `the virtual machine did not end within ${end.limitMs / 60_000} minutes and was stopped; ${tail}`,
    );
  if (end.kind === 'failed')
    throw new UserError(`the virtual machine broke down: ${end.detail}; ${tail}`);
  const [code = ''] = text.split('\n', 1);
  const json = text.slice(code.length).trim();
  if (!json) throw new UserError(`the virtual machine switched off without a report; ${tail}`);
  return vitestCounts(Number(code), json);
}
