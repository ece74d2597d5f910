import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, unpack } from './sources.ts';

/** The files that two folders do not have alike, and what differs in those that are archives. */
export async function differences(one: string, other: string): Promise<string[]> {
  const names = new Set([...(await filesOf(one)), ...(await filesOf(other))]);
  const found: string[] = [];
  for (const name of [...names].sort()) {
    const [a, b] = [join(one, name), join(other, name)];
    if (await alike(a, b)) continue;
    found.push(name.endsWith('.tgz') ? `${name}${await within(a, b)}` : name);
  }
  return found;
}

const bytesOf = (path: string) => readFile(path).catch(() => null);

async function alike(one: string, other: string): Promise<boolean> {
  const [a, b] = [await bytesOf(one), await bytesOf(other)];
  return a !== null && b !== null && a.equals(b);
}

async function within(one: string, other: string): Promise<string> {
  if (!(await bytesOf(one)) || !(await bytesOf(other))) return '';
  const scratch = await mkdtemp(join(tmpdir(), 'tatami-differ-'));
  try {
    const [a, b] = [join(scratch, 'a'), join(scratch, 'b')];
    await Promise.all([unpack(one, a), unpack(other, b)]);
    const files = await differences(a, b);
    return `: ${files.join(', ') || 'modes, times or order of its files'}`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
