import { join } from 'node:path';
import type { Language, StepId } from '@tatami/protocol';
import { checkIdsOf, type StepParts } from './lab.ts';
import type { Problem } from './problem.ts';
import { type Prose, parseProse } from './prose.ts';
import { readFaults } from './read-faults.ts';
import { readMistakes } from './read-mistakes.ts';
import { readQuiz } from './read-quiz.ts';
import { readText } from './read-text.ts';
import { StepFile, StepTexts } from './schema.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** A step's folder as read. `parts` may be incomplete when there are problems. */
export interface ReadStep {
  parts: StepParts | undefined;
  checks: { id: string; file: string; line: number }[];
  problems: Problem[];
}

/** Reads one step. `terms` are the glossary's keys, undefined when it could not be read. */
export async function readStep(
  dir: string,
  lab: string,
  id: StepId,
  languages: Language[],
  terms: Set<string> | undefined,
): Promise<ReadStep> {
  const folder = `${lab}/steps/${id}`;
  const file = `${folder}/step.yaml`;
  const text = await readText(join(dir, 'step.yaml'));
  if (text === undefined)
    return { parts: undefined, checks: [], problems: [{ file, line: 1, reason: 'missing file' }] };
  const yaml = parseYaml(file, text, StepFile);
  const problems = [...yaml.problems];
  const step = yaml.data;
  const faults = await readFaults(dir, folder, yaml);
  problems.push(...faults.problems);
  if (step) problems.push(...stepProblems(yaml, step, id));
  const prose: StepParts['prose'] = new Map();
  for (const lang of languages) {
    const name = `${folder}/${lang}.md`;
    const source = await readText(join(dir, `${lang}.md`));
    if (source === undefined) {
      problems.push({ file: name, line: 1, reason: `missing file: lab.yaml declares ${lang}` });
      continue;
    }
    const parsed = parseProse(source);
    // The front matter begins after the line of its dashes.
    const texts = parseYaml(name, parsed.frontMatter, StepTexts, 2);
    problems.push(...parsed.problems.map((problem) => ({ file: name, ...problem })));
    problems.push(...texts.problems);
    problems.push(...termProblems(name, parsed, terms));
    if (!step) continue;
    problems.push(...commandProblems(name, parsed, yaml, step, lang));
    if (!texts.data) continue;
    problems.push(...checklistProblems(texts, texts.data, step));
    prose.set(lang, { texts: texts.data, content: parsed.content });
  }
  const { mistakes, problems: mistaken } = await readMistakes(
    join(dir, 'mistakes.yaml'),
    `${folder}/mistakes.yaml`,
    {
      checks: step && checkIdsOf(step),
      faults: faults.faults.map(({ id }) => id),
    },
  );
  problems.push(...mistaken);
  const quiz = await readQuiz(dir, folder, yaml, prose);
  problems.push(...quiz.problems);
  const checks = (step?.checklist ?? []).map(({ check }, index) => ({
    id: check.id,
    file,
    line: yaml.lineOf(['checklist', index, 'check', 'id']),
  }));
  return {
    parts: step && { file: step, faults: faults.faults, prose, mistakes, quiz: quiz.pool },
    checks,
    problems,
  };
}

function stepProblems(yaml: YamlFile<StepFile>, step: StepFile, id: StepId): Problem[] {
  const problems = step.commands.flatMap((command, index) =>
    step.commands.findIndex((other) => other.id === command.id) < index
      ? [
          {
            file: yaml.file,
            line: yaml.lineOf(['commands', index, 'id']),
            reason: `command ${command.id} exists already in this step`,
          },
        ]
      : [],
  );
  if (step.id === id) return problems;
  const reason = `id ${step.id} is not the folder's name`;
  return [{ file: yaml.file, line: yaml.lineOf(['id']), reason }, ...problems];
}

/** Command ids must be the same set in step.yaml and in each language's prose. */
function commandProblems(
  file: string,
  prose: Prose,
  yaml: YamlFile<StepFile>,
  step: StepFile,
  lang: Language,
): Problem[] {
  const unknown = prose.commands
    .filter(({ name }) => !step.commands.some(({ id }) => id === name))
    .map(({ name, line }) => ({ file, line, reason: `step.yaml has no command ${name}` }));
  const unshown = step.commands.flatMap(({ id }, index) =>
    prose.commands.some(({ name }) => name === id)
      ? []
      : [
          {
            file: yaml.file,
            line: yaml.lineOf(['commands', index, 'id']),
            reason: `command ${id} is never shown in ${lang}.md`,
          },
        ],
  );
  return [...unknown, ...unshown];
}

function termProblems(file: string, prose: Prose, terms: Set<string> | undefined): Problem[] {
  if (!terms) return [];
  return prose.terms
    .filter(({ name }) => !terms.has(name))
    .map(({ name, line }) => ({ file, line, reason: `the glossary has no key ${name}` }));
}

function checklistProblems(yaml: YamlFile<StepTexts>, texts: StepTexts, step: StepFile): Problem[] {
  const ids = checkIdsOf(step);
  const missing = ids
    .filter((id) => !texts.checklist[id])
    .map((id) => ({ path: ['checklist'], reason: `checklist text missing for check ${id}` }));
  const unknown = Object.keys(texts.checklist)
    .filter((id) => !ids.includes(id))
    .map((id) => ({ path: ['checklist', id], reason: `step.yaml has no check ${id}` }));
  return [...missing, ...unknown].map(({ path, reason }) => ({
    file: yaml.file,
    line: yaml.lineOf(path),
    reason,
  }));
}
