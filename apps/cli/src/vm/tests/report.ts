import { type Counts, vitestCounts } from '../../test-report.ts';
import { UserError } from '../../user-error.ts';
import { lastOf, type MachineEnd, requireOff } from '../qemu.ts';

/**
 * Reads what images/vm/tests/run-tests sent: vitest's exit code in a line, then its JSON report.
 * @throws UserError with the last of the console when there is none.
 */
export function readReport(end: MachineEnd, text: string): Counts {
  requireOff(end);
  const [code = ''] = text.split('\n', 1);
  const json = text.slice(code.length).trim();
  if (!json)
    throw new UserError(`the virtual machine switched off without a report; ${lastOf(end)}`);
  return vitestCounts(Number(code), json);
}
