import { expect, test } from 'vitest';
import { changed, lint, load, quizzed } from '../test/lab-folder.ts';

const step = 'steps/00-hostname';
const quizYaml = `${step}/quiz.yaml`;
const english = `${step}/en.md`;

test('the quiz of docs/lab-format.md is right, and is a check without hints, mistakes and cheats', async () => {
  expect(await lint(quizzed)).toEqual([]);
  const { labs } = await load(quizzed);
  expect(labs[0]?.checkIds).toEqual(['hostname.changed', 'hostname.why']);
  expect(labs[0]?.step('00-hostname')?.quiz).toMatchObject({
    spec: { after: ['hostname.changed'], draw: 1 },
    pool: [{ answer: 'new-namespace', experiment: 'compare' }, { answer: 'shell' }],
  });
});

test('which option is right does not reach a browser', async () => {
  const { labs } = await load(quizzed);
  const content = JSON.stringify(labs[0]?.content('en').steps[0]?.checklist);
  expect(content).toContain('Where is the new name seen?');
  for (const secret of ['answer', 'experiment']) expect(content).not.toContain(secret);
});

/** One change, and the reason it gets at the place of the change. */
test.each([
  [quizYaml, 'id: prompt', 'id: where', 'question where exists already'],
  [quizYaml, 'answer: shell', 'answer: shall', 'shall is none of the options'],
  [quizYaml, 'experiment: rename', 'experiment: no-such', 'step.yaml has no command no-such'],
  [quizYaml, 'options: [kernel, shell]', 'options: [shell]', '1.options: Too small'],
])('%s: %s -> %s', async (path, from, to, reason) => {
  const { files, file, line } = changed(path, from, to, quizzed);
  const { labs, problems } = await load(files);
  expect(labs).toEqual([]);
  expect(problems).toContainEqual({ file, line, reason: expect.stringContaining(reason) });
});

test.each([
  [`${step}/step.yaml`, 'draw: 1', 'draw: 2', quizYaml, 'a quiz that draws 2 needs 4 questions'],
  [`${step}/step.yaml`, 'after: [hostname.changed]', 'after: [none]', quizYaml, 'no check none'],
  [english, '  prompt:\n', '  promt:\n', english, 'quiz text missing for question prompt'],
  [english, '  prompt:\n', '  promt:\n', english, 'quiz.yaml has no question promt'],
  [english, 'shell: The shell }', 'shall: The shell }', english, 'text missing for option shell'],
  [english, 'hostname.why:', 'hostname.how:', english, 'text missing for check hostname.why'],
])('%s: %s -> %s in %s', async (path, from, to, where, reason) => {
  const { problems } = await load(changed(path, from, to, quizzed).files);
  expect(problems).toContainEqual({
    file: `05-first-look/${where}`,
    line: expect.any(Number),
    reason: expect.stringContaining(reason),
  });
});

test('a quiz and its pool need each other, and its id is its own', async () => {
  const file = `05-first-look/${quizYaml}`;
  const reasons = async (files: Parameters<typeof load>[0]) =>
    (await load(files)).problems.map(({ reason }) => reason);
  expect(await reasons({ ...quizzed, [file]: undefined })).toEqual([
    'there is a quiz, but no quiz.yaml',
  ]);
  const { files } = changed(
    `${step}/step.yaml`,
    'id: hostname.why',
    'id: hostname.changed',
    quizzed,
  );
  expect(await reasons(files)).toContainEqual(
    expect.stringContaining('check hostname.changed exists already'),
  );
});
