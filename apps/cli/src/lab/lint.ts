import { join } from 'node:path';
import { lintLabs } from '@tatami/lab-format/lint';
import { cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';

/** The lessons that come along. */
export const ownLabsDir = join(cloneRoot, 'labs');

/** Prints what is wrong with lessons. @returns the exit status: 1 when there is anything. */
export async function labLint(
  only: string[],
  { labsDir, json }: { labsDir: string; json: boolean },
): Promise<number> {
  const { labs, problems } = await lintLabs(labsDir, only).catch((cause: Error) => {
    throw new UserError(`the labs in ${labsDir} cannot be read: ${cause.message}`, { cause });
  });
  const unknown = only.filter((id) => !labs.includes(id));
  if (unknown.length > 0)
    throw new UserError(`there is no lab ${unknown.join(', ')} in ${labsDir}.`);
  if (json) process.stdout.write(`${JSON.stringify({ labs, problems }, null, 2)}\n`);
  else {
    for (const { file, line, reason } of problems)
      process.stdout.write(`${file}:${line}: ${reason}\n`);
    process.stdout.write(
      `${counted(problems.length, 'fault')} in ${counted(labs.length, 'lab')}\n`,
    );
  }
  return problems.length > 0 ? 1 : 0;
}

const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
