import { MistakesFile } from './mistakes.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { parseYaml } from './yaml-file.ts';

/** Reads a step's `mistakes.yaml`, which may be absent. `checks` and `faults` are those of its step. */
export async function readMistakes(
  path: string,
  file: string,
  known: { checks: string[] | undefined; faults: string[] },
): Promise<{ mistakes: MistakesFile; problems: Problem[] }> {
  const none: MistakesFile = { before: [], mistakes: [], cheats: [] };
  const text = await readText(path);
  if (text === undefined) return { mistakes: none, problems: [] };
  const { data, problems, lineOf } = parseYaml(file, text, MistakesFile);
  if (!data) return { mistakes: none, problems };
  const seen = new Set<string>();
  for (const list of ['mistakes', 'cheats'] as const)
    for (const [index, { id, check, fault }] of data[list].entries()) {
      const say = (key: 'id' | 'check' | 'fault', reason: string) =>
        problems.push({ file, line: lineOf([list, index, key]), reason });
      if (seen.has(id)) say('id', `mistake ${id} exists already in this step`);
      seen.add(id);
      if (known.checks && !known.checks.includes(check))
        say('check', `step.yaml has no check ${check}`);
      if (fault && !known.faults.includes(fault)) say('fault', `faults.yaml has no fault ${fault}`);
    }
  return { mistakes: data, problems };
}
