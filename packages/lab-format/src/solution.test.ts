import { expect, test } from 'vitest';
import { changed, faulty, load } from '../test/lab-folder.ts';

const stepYaml = 'steps/00-hostname/step.yaml';
const second = '      - hostname container-001\n';
const solved = changed(stepYaml, second, '      - { terminal: 2, text: hostname }\n', faulty);

async function solvedStep() {
  const { labs, problems } = await load(solved.files);
  expect(problems).toEqual([]);
  const step = labs[0]?.step('00-hostname');
  if (!step || !labs[0]) throw new Error('the step is not there');
  return { lab: labs[0], step };
}

test('a check is solved by the lines of its own', async () => {
  const { lab, step } = await solvedStep();
  expect(step.solution('hostname.changed', step.draw('any'))).toEqual({
    lines: [
      { terminal: '1', text: 'sudo unshare --uts /bin/bash' },
      { terminal: '2', text: 'hostname' },
    ],
    answer: null,
  });
  expect(lab.content('en').steps[0]?.checklist.map(({ solvable }) => solvable)).toEqual([
    true,
    true,
  ]);
});

test('lines about a drawn target name the one that was drawn', async () => {
  const { files } = changed(
    'steps/00-hostname/step.yaml',
    `      machine:
        hostname: lab-host
    solution:
      - sudo unshare --uts /bin/bash
      - hostname container-001
`,
    `      target: { drawn: [one, two] }
      answer: { fact: pid }
    solution:
      - pgrep -x <target>
`,
  );
  const { labs } = await load(files);
  const step = labs[0]?.step('00-hostname');
  if (!step) throw new Error('the step is not there');
  for (const round of [0, 1]) {
    const drawn = step.draw('any', round);
    const [asked] = drawn.asked;
    expect(['one', 'two']).toContain(asked?.about);
    expect(step.solution('hostname.changed', drawn)?.lines).toEqual([
      { terminal: '1', text: `pgrep -x ${asked?.about}` },
    ]);
  }
});

test('a drawn answer is solved by what the fault says, mending where it can be mended', async () => {
  const { step } = await solvedStep();
  const solutions = step.draws.map((drawn) => step.solution('service.cause', drawn));
  expect(solutions).toEqual([
    {
      lines: [
        { terminal: '1', text: 'tatami-fault show' },
        { terminal: '1', text: 'tatami-fault nameserver 10.88.0.1' },
      ],
      answer: { cause: 'name', value: '192.0.2.1' },
    },
    {
      lines: [{ terminal: '1', text: 'ps -o wchan' }],
      answer: { cause: 'lock', value: 'futex' },
    },
  ]);
});

test('there is no solution where the step has none, nor for a check of another step', async () => {
  const solution = `    solution:\n      - sudo unshare --uts /bin/bash\n${second}`;
  const { labs } = await load(changed(stepYaml, solution, '', faulty).files);
  const step = labs[0]?.step('00-hostname');
  if (!step) throw new Error('the step is not there');
  for (const check of ['hostname.changed', 'no.such'])
    expect(step.solution(check, step.draw('any'))).toBeNull();
  const [item] = labs[0]?.content('en').steps[0]?.checklist ?? [];
  expect(item).toMatchObject({ checkId: 'hostname.changed', solvable: false });
});
