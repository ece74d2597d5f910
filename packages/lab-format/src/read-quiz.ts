import type { StepParts } from './lab.ts';
import type { Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { QuizFile, type StepFile, type StepQuiz } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** Reads a step's `quiz.yaml` beside its step.yaml, which has to ask for it, and holds the texts to it. */
export async function readQuiz(
  dir: string,
  folder: string,
  step: YamlFile<StepFile>,
  prose: StepParts['prose'],
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
    ...[...prose].flatMap(([lang, { texts }]) =>
      wordProblems(`${folder}/${lang}.md`, texts.quiz, yaml.data ?? []),
    ),
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

type Words = Record<string, { question: string; options: Record<string, string> }>;

function wordProblems(file: string, words: Words, pool: QuizFile): Problem[] {
  const say = (reason: string) => ({ file, line: 1, reason });
  const missing = pool.flatMap(({ id, options }) => {
    const said = words[id];
    if (!said) return [say(`quiz text missing for question ${id}`)];
    return options
      .filter((option) => !said.options[option])
      .map((option) => say(`question ${id}: text missing for option ${option}`));
  });
  const unknown = Object.keys(words)
    .filter((id) => !pool.some((one) => one.id === id))
    .map((id) => say(`quiz.yaml has no question ${id}`));
  return [...missing, ...unknown];
}
