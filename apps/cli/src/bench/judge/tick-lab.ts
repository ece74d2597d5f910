import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cloneRoot } from '../../paths.ts';

/** A lab of one step whose checks are all alike, so that each round can tick another. */
export const tickLab = 'bench-tick';
export const rounds = 50;

export const hostnameOf = (round: number): string => `tick-${round}`;
export const checkOf = (round: number): string => `tick.${round}`;

/** Writes it beside the lessons that come along. */
export async function writeTickLab(labsDir: string): Promise<void> {
  await cp(join(cloneRoot, 'labs'), labsDir, { recursive: true });
  const step = join(labsDir, tickLab, 'steps/00-tick');
  await mkdir(step, { recursive: true });
  const numbers = Array.from({ length: rounds }, (_, round) => round);
  const checks = numbers.map(
    (round) =>
      `  - check: { id: ${checkOf(round)}, process: { differs: [uts], hostname: { is: ${hostnameOf(round)} } } }`,
  );
  await writeFile(
    join(labsDir, tickLab, 'lab.yaml'),
    `id: ${tickLab}\norder: 99\nstatus: ready\nminutes: 5\nlanguages: [en]\n` +
      'texts:\n  en: { title: Ticks, summary: For measuring. }\nsteps: [00-tick]\n',
  );
  await writeFile(
    join(step, 'step.yaml'),
    `id: 00-tick\nstatus: ready\nminutes: 5\nchecklist:\n${checks.join('\n')}\n`,
  );
  const texts = numbers.map((round) => `  ${checkOf(round)}: { text: Round ${round} }`);
  await writeFile(
    join(step, 'en.md'),
    `---\ntitle: Ticks\nchecklist:\n${texts.join('\n')}\n---\n\nFor measuring.\n`,
  );
}
