import { readFile } from 'node:fs/promises';
import { mustRun } from './command.ts';

/** Unescapes the octal \040 forms of proc_pid_mountinfo(5). */
export const unescapeMount = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );

/** Mount points of the calling process at or below `dir`, innermost last. */
export async function mountsBelow(dir: string): Promise<string[]> {
  return (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => unescapeMount(line.split(' ')[4] ?? ''))
    .filter((target) => target === dir || target.startsWith(`${dir}/`));
}

/** Unmounts everything below `dir`. */
export async function detach(dir: string): Promise<void> {
  const targets = await mountsBelow(dir);
  if (targets.length > 0) await mustRun('umount', ['--lazy', ...targets.reverse()]);
}
