import type { Language, StepId } from '@tatami/protocol';
import { checkIdsOf, type StepParts, type StepPlaces } from './lab.ts';
import type { Problem } from './problem.ts';
import type { Prose } from './prose.ts';
import { readFaults } from './read-faults.ts';
import { readMistakes } from './read-mistakes.ts';
import { type ReadProse, readProse } from './read-prose.ts';
import { readQuiz } from './read-quiz.ts';
import { readYaml } from './read-yaml.ts';
import { StepFile, type StepTexts } from './schema.ts';
import { unread, type YamlFile } from './yaml-file.ts';

/** A step's folder as read. */
export interface ReadStep {
  id: StepId;
  /** Relative to the labs folder. */
  folder: string;
  yaml: YamlFile<StepFile>;
  prose: ReadProse[];
  /** May be incomplete when there are problems. */
  parts: StepParts | undefined;
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
  const yaml =
    (await readYaml(dir, folder, 'step.yaml', StepFile)) ??
    unread<StepFile>(`${folder}/step.yaml`, 'missing file');
  const faults = await readFaults(dir, folder, yaml);
  const found = await Promise.all(languages.map((lang) => readProse(dir, folder, lang)));
  const prose = found.flatMap((one) => ('prose' in one ? one : []));
  const file = yaml.data;
  const {
    mistakes,
    places: attempts,
    problems: mistaken,
  } = await readMistakes(dir, folder, {
    checks: file && checkIdsOf(file),
    faults: faults.faults.map(({ id }) => id),
  });
  const words: StepParts['prose'] = new Map(
    prose.flatMap(({ lang, prose: { content }, texts: { data } }) =>
      data ? [[lang, { texts: data, content }] as const] : [],
    ),
  );
  const quiz = await readQuiz(dir, folder, yaml, prose);
  const problems = [
    ...yaml.problems,
    ...faults.problems,
    ...(file ? stepProblems(yaml, file, id) : []),
    ...(file ? drillProblems(yaml, file, faults.faults.length) : []),
    ...found.flatMap((one) => ('prose' in one ? proseProblems(one, yaml, terms) : one)),
    ...mistaken,
    ...quiz.problems,
  ];
  const parts = file && {
    ...{ file, faults: faults.faults, prose: words, mistakes, quiz: quiz.pool },
    places: { ...stepPlaces(yaml, file), attempts },
  };
  return { id, folder, yaml, prose, parts, problems };
}

function stepPlaces(
  { file, lineOf }: YamlFile<StepFile>,
  { commands, checklist }: StepFile,
): Pick<StepPlaces, 'blocks' | 'checks'> {
  const at = (path: PropertyKey[]) => `${file}:${lineOf(path)}`;
  return {
    blocks: new Map(commands.map(({ id }, index) => [id, at(['commands', index])])),
    checks: new Map(checklist.map(({ check }, index) => [check.id, at(['checklist', index])])),
  };
}

function proseProblems(
  { file, lang, prose, texts }: ReadProse,
  yaml: YamlFile<StepFile>,
  terms: Set<string> | undefined,
): Problem[] {
  const step = yaml.data;
  return [
    ...prose.problems.map((problem) => ({ file, ...problem })),
    ...texts.problems,
    ...termProblems(file, prose, terms),
    ...(step ? commandProblems(file, prose, yaml, step, lang) : []),
    ...(step && texts.data ? checklistProblems(texts, texts.data, step) : []),
  ];
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

/** A cause to name, and a flow: the fewest steps in which somebody troubleshoots. */
const minDrillChecks = 5;

function drillProblems(
  { file, lineOf }: YamlFile<StepFile>,
  { drill, checklist }: StepFile,
  faults: number,
): Problem[] {
  if (!drill) return [];
  const reasons: string[] = [];
  if (faults === 0) reasons.push('a drill needs a faults.yaml without problems');
  if (checklist.length < minDrillChecks)
    reasons.push(`a drill needs ${minDrillChecks} checks or more`);
  return reasons.map((reason) => ({ file, line: lineOf(['drill']), reason }));
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
