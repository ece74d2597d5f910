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
  const none: MistakesFile = { before: [], mistakes: [] };
  const text = await readText(path);
  if (text === undefined) return { mistakes: none, problems: [] };
  const { data, problems, lineOf } = parseYaml(file, text, MistakesFile);
  if (!data) return { mistakes: none, problems };
  const ids = data.mistakes.map(({ id }) => id);
  const say = (index: number, key: 'id' | 'check' | 'fault', reason: string) =>
    problems.push({ file, line: lineOf(['mistakes', index, key]), reason });
  for (const [index, { id, check, fault }] of data.mistakes.entries()) {
    if (ids.indexOf(id) < index) say(index, 'id', `mistake ${id} exists already in this step`);
    if (known.checks && !known.checks.includes(check))
      say(index, 'check', `step.yaml has no check ${check}`);
    if (fault && !known.faults.includes(fault))
      say(index, 'fault', `faults.yaml has no fault ${fault}`);
  }
  return { mistakes: data, problems };
}
