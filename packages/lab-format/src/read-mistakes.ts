import { MistakesFile } from './mistakes.ts';
import type { Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads a step's `mistakes.yaml`, which may be absent. `checks` and `faults` are those of its step;
 * `places` says FILE:LINE of each mistake and cheat.
 */
export async function readMistakes(
  dir: string,
  folder: string,
  known: { checks: string[] | undefined; faults: string[] },
): Promise<{ mistakes: MistakesFile; places: Map<string, string>; problems: Problem[] }> {
  const none: MistakesFile = { before: [], mistakes: [], cheats: [] };
  const places = new Map<string, string>();
  const yaml = await readYaml(dir, folder, 'mistakes.yaml', MistakesFile);
  if (!yaml) return { mistakes: none, places, problems: [] };
  const { file, data, problems, lineOf } = yaml;
  if (!data) return { mistakes: none, places, problems };
  const seen = new Set<string>();
  for (const list of ['mistakes', 'cheats'] as const)
    for (const [index, { id, check, fault }] of data[list].entries()) {
      const say = (key: 'id' | 'check' | 'fault', reason: string) =>
        problems.push({ file, line: lineOf([list, index, key]), reason });
      places.set(id, `${file}:${lineOf([list, index])}`);
      if (seen.has(id)) say('id', `mistake ${id} exists already in this step`);
      seen.add(id);
      if (known.checks && !known.checks.includes(check))
        say('check', `step.yaml has no check ${check}`);
      if (fault && !known.faults.includes(fault)) say('fault', `faults.yaml has no fault ${fault}`);
    }
  return { mistakes: data, places, problems };
}
