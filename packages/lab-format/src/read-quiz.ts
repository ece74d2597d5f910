import type { Problem } from './problem.ts';
import type { ReadProse } from './read-prose.ts';
import { readYaml } from './read-yaml.ts';
import { QuizFile, type StepFile, type StepQuiz, type StepTexts } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** Reads a step's `quiz.yaml` beside its step.yaml, which has to ask for it, and holds the texts to it. */
export async function readQuiz(
  dir: string,
  folder: string,
  step: YamlFile<StepFile>,
  prose: ReadProse[],
): Promise<{ pool: QuizFile; problems: Problem[] }> {
  const yaml = await readYaml(dir, folder, 'quiz.yaml', QuizFile);
  const quiz = step.data?.quiz;
  if (!yaml) {
    const line = step.lineOf(['quiz']);
    const reason = 'there is a quiz, but no quiz.yaml';
    return { pool: [], problems: quiz ? [{ file: step.file, line, reason }] : [] };
  }
  const { file } = yaml;
  if (!yaml.data || !step.data) return { pool: [], problems: yaml.problems };
  if (!quiz) return { pool: [], problems: [{ file, line: 1, reason: 'step.yaml has no quiz' }] };
  const problems = [
    ...poolProblems(yaml, yaml.data, step.data, quiz),
    ...prose.flatMap(({ texts }) => wordProblems(texts, yaml.data ?? [])),
  ];
  return { pool: yaml.data, problems };
}

function poolProblems(
  { file, lineOf }: YamlFile<QuizFile>,
  pool: QuizFile,
  { commands, checklist }: StepFile,
  { after, draw }: StepQuiz,
): Problem[] {
  const problems: Problem[] = [];
  const say = (path: PropertyKey[], reason: string) =>
    problems.push({ file, line: lineOf(path), reason });
  // A retry draws others, so there must be others.
  if (pool.length < 2 * draw) say([], `a quiz that draws ${draw} needs ${2 * draw} questions`);
  for (const check of after)
    if (!checklist.some((one) => one.check.id === check)) say([], `no check ${check} to wait for`);
  for (const [index, { id, options, answer, experiment }] of pool.entries()) {
    if (pool.findIndex((other) => other.id === id) < index)
      say([index, 'id'], `question ${id} exists already`);
    if (!options.includes(answer)) say([index, 'answer'], `${answer} is none of the options`);
    if (!commands.some((command) => command.id === experiment))
      say([index, 'experiment'], `step.yaml has no command ${experiment}`);
  }
  return problems;
}

function wordProblems({ file, data, lineOf }: YamlFile<StepTexts>, pool: QuizFile): Problem[] {
  if (!data) return [];
  const problems: Problem[] = [];
  const say = (path: PropertyKey[], reason: string) =>
    problems.push({ file, line: lineOf(path), reason });
  for (const { id, options } of pool) {
    const said = data.quiz[id];
    if (!said) say(['quiz'], `quiz text missing for question ${id}`);
    for (const option of said ? options : [])
      if (!said?.options[option])
        say(['quiz', id, 'options'], `question ${id}: text missing for option ${option}`);
  }
  for (const id of Object.keys(data.quiz))
    if (!pool.some((one) => one.id === id)) say(['quiz', id], `quiz.yaml has no question ${id}`);
  return problems;
}
