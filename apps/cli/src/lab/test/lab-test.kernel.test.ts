import { loadLabs } from '@tatami/lab-format/loader';
import { expect, test } from 'vitest';
import {
  changed,
  example,
  type Files,
  inFolder,
} from '../../../../../packages/lab-format/test/lab-folder.ts';
import { runnerForTests } from '../../../test/running-runner.ts';
import { isMet } from '../../bench/targets.ts';
import { testLesson } from './run.ts';

const machines = 4;
const stepFile = 'steps/00-hostname/step.yaml';
const mistakesFile = 'steps/00-hostname/mistakes.yaml';

const runner = runnerForTests(machines + 1);

/** Tests a lesson of these files. @returns what fails, each with its place, and which targets are missed. */
async function failuresOf(files: Files): Promise<{ failures: string[]; missed: string[] }> {
  const { labs, problems } = await inFolder(files, loadLabs);
  expect(problems).toEqual([]);
  const [lab] = labs;
  if (!lab) throw new Error('there is no lesson');
  const { summaries, measured } = await testLesson(runner(), lab, { machines });
  return {
    failures: summaries
      .flatMap((one) => one.failures)
      .map(({ place, what, why }) => `${place}: ${what}: ${why.split('\n')[0]}`),
    missed: measured.filter((one) => !isMet(one)).map(({ name }) => name),
  };
}

const file = (name: string) => `05-first-look/${name}`;
const block = (id: string) => `00-hostname, en: block ${id}`;
const proof = (what: string) => `00-hostname, hostname.changed: ${what}`;

test('the example of docs/lab-format.md holds', async () => {
  expect(await failuresOf(example)).toEqual({ failures: [], missed: [] });
});

test('a block that shows something else is found', async () => {
  const { files, line } = changed(stepFile, "shows: '^lab-host$'", "shows: '^other$'");
  expect(await failuresOf(files)).toEqual({
    failures: [
      `${file(stepFile)}:${line - 3}: ${block('compare')}: terminal 2 does not show /^other$/m`,
    ],
    missed: ['languages', 'blocksFailed'],
  });
});

test('a block that hangs ends its play, with what the terminal shows', async () => {
  const { files } = changed(
    stepFile,
    'hostname container-001\n    expect',
    'sleep 600\n    expect',
  );
  const { failures, missed } = await failuresOf(files);
  expect(failures).toEqual([
    `${file(stepFile)}:9: ${block('rename')}: no prompt comes back in terminal 1 after "sleep 600": sleep 600`,
    `${file(stepFile)}:12: ${block('compare')}: not reached`,
    `${file(stepFile)}:17: ${proof('blocks en')}: not reached`,
  ]);
  expect(missed).toEqual(['languages', 'checksProvenRatio', 'blocksFailed']);
});

test('a check that shells alone meet is found on the untouched machine', async () => {
  const { files } = changed(
    stepFile,
    '        differs: [uts]\n        hostname: { is: container-001 }\n',
    '',
  );
  const { failures, missed } = await failuresOf(files);
  const passed = (what: string) => expect.stringContaining(`${proof(what)}: passed: `);
  expect(failures).toEqual(
    expect.arrayContaining([
      passed('untouched en'),
      passed('mistake other-terminal'),
      passed('cheat forged-prompt'),
    ]),
  );
  expect(missed).toEqual(['checksProvenRatio']);
});

test('a solution that does not solve, a wrong reason and a cheat that works are found', async () => {
  const own = changed(
    stepFile,
    '    solution:\n      - sudo unshare',
    '    solution:\n      - echo',
  );
  const told = changed(mistakesFile, 'is: container-001', 'is: container-002', own.files);
  const { files } = changed(
    mistakesFile,
    "PS1='root@container-001:~# '",
    'hostname container-001',
    told.files,
  );
  const { failures, missed } = await failuresOf(files);
  expect(failures).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /step\.yaml:17: .*: solution: not passed: not-yet, reason\.no-namespace/,
      ),
      expect.stringMatching(
        /mistakes\.yaml:2: .*: mistake on-the-machine: told (failed|not-yet), reason\.machine-hostname-changed/,
      ),
      expect.stringMatching(/mistakes\.yaml:\d+: .*: cheat forged-prompt: passed: /),
    ]),
  );
  expect(failures).toHaveLength(3);
  expect(missed).toEqual(['checksProvenRatio']);
});
