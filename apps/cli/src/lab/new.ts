import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadLabs } from '@tatami/lab-format/loader';
import { LabId } from '@tatami/protocol';
import { cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { ownLabsDir } from './lint.ts';

/** A small lesson that is complete but for its id and its place in the order. */
const template = join(cloneRoot, 'apps/cli/src/lab/template');

/** Writes a small lesson to begin from. @throws UserError when `id` is no id or is taken. */
export async function labNew(id: string, labsDir: string): Promise<void> {
  if (!LabId.safeParse(id).success)
    throw new UserError(
      `${JSON.stringify(id)} is no id: lower-case letters, digits and dashes, as in 05-first-look.`,
    );
  const dir = join(labsDir, id);
  if (existsSync(dir)) throw new UserError(`${dir} exists already; nothing was changed.`);
  try {
    const order = await orderOf(id, labsDir);
    await mkdir(labsDir, { recursive: true });
    await cp(template, dir, { recursive: true });
    const file = join(dir, 'lab.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('__ID__', id).replace('__ORDER__', String(order)));
  } catch (cause) {
    throw new UserError(`${dir} could not be written: ${(cause as Error).message}`, { cause });
  }
  const where = labsDir === ownLabsDir ? '' : ` --labs ${labsDir}`;
  process.stdout.write(`Wrote ${dir}.\nNext: npm run tatami -- lab lint ${id}${where}\n`);
}

/** The number that the id begins with, else the one after all others. */
async function orderOf(id: string, labsDir: string): Promise<number> {
  const own = /^\d+(?=-)/.exec(id)?.[0];
  if (own) return Number(own);
  const { labs, unavailable } = existsSync(labsDir)
    ? await loadLabs(labsDir)
    : { labs: [], unavailable: [] };
  return 1 + Math.max(0, ...[...labs, ...unavailable].map(({ order }) => order));
}
