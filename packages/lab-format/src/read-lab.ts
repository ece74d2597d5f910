import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabParts } from './lab.ts';
import type { Problem } from './problem.ts';
import { type ReadStep, readStep } from './read-step.ts';
import { readText } from './read-text.ts';
import { GlossaryFile, LabFile } from './schema.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** Reads one lab's folder; `parts` only when nothing is wrong. `labIds` are all labs there are. */
export async function readLab(
  dir: string,
  id: string,
  labIds: string[],
): Promise<{ parts: LabParts | undefined; problems: Problem[] }> {
  const labName = `${id}/lab.yaml`;
  const labText = await readText(join(dir, 'lab.yaml'));
  if (labText === undefined)
    return { parts: undefined, problems: [{ file: labName, line: 1, reason: 'missing file' }] };
  const lab = parseYaml(labName, labText, LabFile);
  const glossaryText = (await readText(join(dir, 'glossary.yaml'))) ?? '{}';
  const glossary = parseYaml(`${id}/glossary.yaml`, glossaryText, GlossaryFile);
  const problems = [...lab.problems, ...glossary.problems];
  if (!lab.data) return { parts: undefined, problems };
  problems.push(...labProblems(lab, lab.data, id, labIds));
  problems.push(...(await unlistedSteps(dir, lab, lab.data)));
  if (glossary.data) problems.push(...glossaryProblems(glossary, glossary.data, lab.data));
  const terms = glossary.data ? new Set(Object.keys(glossary.data)) : undefined;
  const steps: ReadStep[] = [];
  for (const [index, step] of lab.data.steps.entries()) {
    if (lab.data.steps.indexOf(step) < index) continue;
    steps.push(await readStep(join(dir, 'steps', step), id, step, lab.data.languages, terms));
  }
  problems.push(...steps.flatMap((step) => step.problems), ...repeatedChecks(steps));
  const parts = steps.flatMap((step) => step.parts ?? []);
  if (problems.length > 0 || !glossary.data) return { parts: undefined, problems };
  return { parts: { file: lab.data, glossary: glossary.data, steps: parts }, problems };
}

function labProblems(yaml: YamlFile<LabFile>, lab: LabFile, id: string, ids: string[]): Problem[] {
  const problems: Problem[] = [];
  const say = (path: PropertyKey[], reason: string) =>
    problems.push({ file: yaml.file, line: yaml.lineOf(path), reason });
  if (lab.id !== id) say(['id'], `id ${lab.id} is not the folder's name`);
  for (const [index, other] of lab.prerequisites.entries())
    if (!ids.includes(other)) say(['prerequisites', index], `no lab ${other}`);
  for (const lang of lab.languages)
    if (!lab.texts[lang]) say(['texts'], `title and summary missing in ${lang}`);
  for (const list of ['languages', 'steps'] as const) {
    const names: string[] = lab[list];
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index) say([list, index], `${name} is listed twice`);
  }
  if (lab.status === 'ready' && lab.steps.length === 0) say(['steps'], 'a ready lab needs steps');
  return problems;
}

/** A step that nobody lists would be lost in silence. */
async function unlistedSteps(dir: string, yaml: YamlFile<LabFile>, lab: LabFile) {
  const entries = await readdir(join(dir, 'steps'), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isDirectory() && !lab.steps.includes(entry.name))
    .map(({ name }) => ({
      file: yaml.file,
      line: yaml.lineOf(['steps']),
      reason: `steps/${name} is not listed`,
    }));
}

function glossaryProblems(
  yaml: YamlFile<GlossaryFile>,
  glossary: GlossaryFile,
  lab: LabFile,
): Problem[] {
  return Object.entries(glossary).flatMap(([key, entry]) =>
    lab.languages
      .filter((lang) => !entry.texts[lang])
      .map((lang) => ({
        file: yaml.file,
        line: yaml.lineOf([key]),
        reason: `${key}: term and meaning missing in ${lang}`,
      })),
  );
}

function repeatedChecks(steps: ReadStep[]): Problem[] {
  const seen = new Map<string, Problem>();
  const problems: Problem[] = [];
  for (const { checks } of steps)
    for (const { id, file, line } of checks) {
      const first = seen.get(id);
      if (first)
        problems.push({ file, line, reason: `${first.reason} in ${first.file}:${first.line}` });
      else seen.set(id, { file, line, reason: `check ${id} exists already` });
    }
  return problems;
}
