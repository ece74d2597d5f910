import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIdsOf, type LabParts } from './lab.ts';
import type { Problem } from './problem.ts';
import { type ReadStep, readStep } from './read-step.ts';
import { readYaml } from './read-yaml.ts';
import { GlossaryFile, LabFile } from './schema.ts';
import { SourceMapFile } from './source-map.ts';
import { parseYaml, unread, type YamlFile } from './yaml-file.ts';

/** A lab's folder as read. */
export interface ReadLab {
  id: string;
  yaml: YamlFile<LabFile>;
  glossary: YamlFile<GlossaryFile>;
  /** Undefined when there is none. Its problems are told by lint: no learner meets them. */
  sourceMap: YamlFile<SourceMapFile> | undefined;
  steps: ReadStep[];
  /** What must be mended before learners may have it. */
  problems: Problem[];
  /** Only when nothing is wrong. */
  parts: LabParts | undefined;
}

/** Reads one lab's folder. `labIds` are all labs there are. */
export async function readLab(dir: string, id: string, labIds: string[]): Promise<ReadLab> {
  const yaml =
    (await readYaml(dir, id, 'lab.yaml', LabFile)) ??
    unread<LabFile>(`${id}/lab.yaml`, 'missing file');
  const glossary =
    (await readYaml(dir, id, 'glossary.yaml', GlossaryFile)) ??
    parseYaml(`${id}/glossary.yaml`, '{}', GlossaryFile);
  const sourceMap = await readYaml(dir, id, 'source-map.yaml', SourceMapFile);
  const problems = [...yaml.problems, ...glossary.problems];
  const read = { id, yaml, glossary, sourceMap, problems };
  const lab = yaml.data;
  if (!lab) return { ...read, steps: [], parts: undefined };
  const terms = glossary.data ? new Set(Object.keys(glossary.data)) : undefined;
  const steps: ReadStep[] = [];
  for (const step of new Set(lab.steps))
    steps.push(await readStep(join(dir, 'steps', step), id, step, lab.languages, terms));
  problems.push(...labProblems(yaml, lab, id, labIds));
  problems.push(...(await unlistedSteps(dir, yaml, lab)));
  if (glossary.data) problems.push(...glossaryProblems(glossary, glossary.data, lab));
  problems.push(...steps.flatMap((step) => step.problems));
  problems.push(...repeatedChecks(steps), ...checklistProblems(yaml, lab, steps));
  if (problems.length > 0 || !glossary.data) return { ...read, steps, parts: undefined };
  const parts = {
    file: lab,
    glossary: glossary.data,
    source: sourceMap?.data ?? null,
    steps: steps.flatMap((step) => step.parts ?? []),
  };
  return { ...read, steps, parts };
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

/** Checks and quizzes are told apart by their ids alone. */
function repeatedChecks(steps: ReadStep[]): Problem[] {
  const seen = new Map<string, string>();
  return steps.flatMap(({ yaml }) => {
    const paths = (yaml.data?.checklist ?? []).map((_, index) => ['checklist', index, 'check']);
    const ids = yaml.data ? checkIdsOf(yaml.data) : [];
    return ids.flatMap((id, index) => {
      const line = yaml.lineOf([...(paths[index] ?? ['quiz']), 'id']);
      const first = seen.get(id);
      if (first)
        return [{ file: yaml.file, line, reason: `check ${id} exists already in ${first}` }];
      seen.set(id, `${yaml.file}:${line}`);
      return [];
    });
  });
}

/** The lab's own checklist: its items can be ticked, and have a text in every language. */
function checklistProblems(yaml: YamlFile<LabFile>, lab: LabFile, steps: ReadStep[]): Problem[] {
  const problems: Problem[] = [];
  const say = (path: PropertyKey[], reason: string) =>
    problems.push({ file: yaml.file, line: yaml.lineOf(path), reason });
  const ids = lab.checklist.map(({ id }) => id);
  const files = steps.flatMap((one) => one.yaml.data ?? []);
  const known = files.flatMap(checkIdsOf);
  // Of a step that could not be read nobody knows the checks.
  const knowsAll = files.length === steps.length;
  for (const [index, { id, step, checks }] of lab.checklist.entries()) {
    if (ids.indexOf(id) < index) say(['checklist', index, 'id'], `item ${id} exists already`);
    const found = steps.find((one) => one.id === step);
    if (!found) say(['checklist', index, 'step'], `no step ${step} is listed`);
    for (const [at, check] of checks.entries())
      if (knowsAll && !known.includes(check))
        say(['checklist', index, 'checks', at], `no check ${check}`);
  }
  for (const id of Object.keys(lab.grading.points))
    if (!ids.includes(id)) say(['grading', 'points', id], `checklist has no item ${id}`);
  for (const lang of lab.languages) {
    const own = lab.texts[lang];
    if (!own) continue;
    const texts = Object.keys(own.checklist);
    for (const id of ids)
      if (!texts.includes(id)) say(['texts', lang, 'checklist'], `text missing for item ${id}`);
    for (const id of texts)
      if (!ids.includes(id)) say(['texts', lang, 'checklist', id], `checklist has no item ${id}`);
  }
  return problems;
}
