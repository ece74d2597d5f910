import { expect, test } from 'vitest';
import { changed, faulty, load } from '../test/lab-folder.ts';

const folder = 'steps/00-hostname';
const faultsYaml = `${folder}/faults.yaml`;
const stepYaml = `${folder}/step.yaml`;

async function faultyStep(files = faulty) {
  const { labs, problems } = await load(files);
  expect(problems).toEqual([]);
  const step = labs[0]?.step('00-hostname');
  if (!step || !labs[0]) throw new Error('the step is not there');
  return { lab: labs[0], step };
}

const seeds = Array.from({ length: 3000 }, (_, n) => `seed ${n}`);

/** Faults without effect, all of one cause. */
const faultsNamed = (...ids: string[]) => ({
  ...faulty,
  [`05-first-look/${faultsYaml}`]: ids
    .map(
      (id) =>
        `- { id: ${id}, setup: 'true', cause: name, fact: nameserver, value: x, shortest: [ps], mend: 'true' }\n`,
    )
    .join(''),
});

test('a drawn fault comes into the set-up and into the answer', async () => {
  const { step } = await faultyStep();
  const drawn = seeds.map((seed) => step.draw(seed));
  const dns = drawn.find(({ fault }) => fault?.id === 'dns-nowhere');
  expect(dns).toMatchObject({
    setup: 'hostname lab-host\ntatami-fault nameserver 192.0.2.1',
    fault: { id: 'dns-nowhere', mend: 'tatami-fault nameserver 10.88.0.1' },
  });
  expect(dns?.checks[1]).toMatchObject({
    id: 'service.cause',
    answer: { cause: 'name', fact: 'nameserver' },
    service: { connectedTo: 5432 },
  });
});

test('of a fault that cannot be mended no mending is asked', async () => {
  const { step } = await faultyStep();
  const lock = seeds.map((seed) => step.draw(seed)).find(({ fault }) => fault && !fault.mend);
  expect(lock?.fault).toMatchObject({ id: 'stuck-lock' });
  expect(lock?.checks[1]).toMatchObject({ answer: { cause: 'lock', fact: 'waits-in' } });
  expect(lock?.checks[1]).not.toHaveProperty('service');
});

test('all draws are those that seeds give', async () => {
  const { step } = await faultyStep();
  const given = new Set(seeds.slice(0, 100).map((seed) => JSON.stringify(step.draw(seed))));
  expect(new Set(step.draws.map((drawn) => JSON.stringify(drawn)))).toEqual(given);
});

test('draws are even over seeds', async () => {
  const { step } = await faultyStep(faultsNamed('a', 'b', 'c', 'd', 'e'));
  const counts = new Map<string, number>();
  for (const seed of seeds) {
    const id = step.draw(seed).fault?.id ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  // 600 expected; four standard deviations are 88.
  for (const count of counts.values()) expect(Math.abs(count - 600)).toBeLessThan(88);
});

test('a draw is the same again, whatever the order of the file; a new fault moves nobody else', async () => {
  const { step } = await faultyStep(faultsNamed('a', 'b', 'c'));
  const { step: turned } = await faultyStep(faultsNamed('c', 'b', 'a'));
  const { step: longer } = await faultyStep(faultsNamed('a', 'b', 'c', 'new'));
  const moved = seeds.filter((seed) => {
    const before = step.draw(seed).fault?.id;
    expect(step.draw(seed).fault?.id).toBe(before);
    expect(turned.draw(seed).fault?.id).toBe(before);
    const after = longer.draw(seed).fault?.id;
    expect([before, 'new']).toContain(after);
    return after !== before;
  });
  expect(moved.length).toBeGreaterThan(0);
});

test('what a browser can load does not tell the fault', async () => {
  const { lab, step } = await faultyStep();
  const before = JSON.stringify(lab.content('en'));
  for (const seed of seeds.slice(0, 50)) step.draw(seed);
  const content = lab.content('en');
  expect(JSON.stringify(content)).toBe(before);
  expect(content.steps[0]?.checklist.map(({ asks }) => asks)).toEqual([
    null,
    { causes: ['name', 'lock'] },
  ]);
  for (const secret of ['tatami-fault', 'dns-nowhere', 'stuck-lock', 'nameserver', 'waits-in'])
    expect(before).not.toContain(secret);
});

test('causes come in one order, each once, whatever the file says first', async () => {
  const turned = [
    '- { id: x, setup: x, cause: lock, fact: waits-in, value: futex, shortest: [ps] }',
    '- { id: y, setup: x, cause: name, fact: nameserver, value: x, shortest: [ps] }',
    '- { id: z, setup: x, cause: lock, fact: waits-in, value: futex, shortest: [ps] }\n',
  ];
  const { lab } = await faultyStep({
    ...faulty,
    [`05-first-look/${faultsYaml}`]: turned.join('\n'),
  });
  expect(lab.content('en').steps[0]?.checklist[1]?.asks).toEqual({ causes: ['name', 'lock'] });
});

test('every draw has the checks that are counted', async () => {
  const { lab, step } = await faultyStep();
  expect(lab.checkIds).toEqual(['hostname.changed', 'service.cause']);
  for (const seed of seeds.slice(0, 50))
    expect(step.draw(seed).checks.map(({ id }) => id)).toEqual(lab.checkIds);
});

/** One change, and the reason it gets at the place of the change. */
test.each([
  [faultsYaml, 'id: stuck-lock', 'id: dns-nowhere', 'fault dns-nowhere exists already'],
  [faultsYaml, 'id: stuck-lock', 'id: Stuck Lock', '1.id: Invalid string'],
  [faultsYaml, 'cause: lock', 'cause: locks', '1.cause: Invalid option'],
  [faultsYaml, 'cause: lock', 'couse: lock', 'unknown key 1.couse'],
  [faultsYaml, 'fact: waits-in', 'fact: state', 'asked for waits-in, not state'],
  [faultsYaml, 'setup: tatami-fault lock', 'setup: ""', '1.setup: Too small'],
  [
    faultsYaml,
    'setup: tatami-fault lock',
    `setup: ${'x'.repeat(64 * 1024 - 3)}`,
    'longer than 65536 characters',
  ],
  [stepYaml, 'answer: drawn', 'answer: dawn', 'checklist.1.check.answer: Invalid input: expected'],
  [stepYaml, 'answer: drawn', 'answer: { cause: nme, fact: state }', 'check.answer.cause: Invalid'],
  [stepYaml, 'answer: drawn', 'answer: { fact: state }', 'fact is pid or net-companion'],
  [stepYaml, 'service: { connectedTo: 5432 }', 'service: { conected: 1 }', 'service.conected'],
  [
    `${folder}/step.yaml`,
    'service: { connectedTo: 5432 }\n      answer: drawn',
    'service: { connectedTo: 5432 }\n  - check: { id: a, answer: drawn, target: { container: b } }',
    'fault stuck-lock has no mend',
  ],
])('%s: %s -> %s', async (path, from, to, reason) => {
  const { files, file, line } = changed(path, from, to, faulty);
  const { labs, problems } = await load(files);
  expect(labs).toEqual([]);
  expect(problems).toContainEqual({ file, line, reason: expect.stringContaining(reason) });
});

test('a check that draws needs a target like any answer', async () => {
  const { files, file, line } = changed(
    stepYaml,
    'id: service.cause\n      target: { container: shop }',
    'id: service.cause',
    faulty,
  );
  const reason = 'checklist.1.check: sameAsTarget, names, service and answer need a target';
  expect((await load(files)).problems).toEqual([{ file, line: line - 1, reason }]);
});

test('faults without a check that draws, and the reverse', async () => {
  const file = `05-first-look/${faultsYaml}`;
  const undrawn = changed(stepYaml, 'answer: drawn', 'commands: [{}]', faulty);
  expect((await load(undrawn.files)).problems).toContainEqual({
    file,
    line: 1,
    reason: 'no check of step.yaml draws: one must say `answer: drawn`',
  });
  const { line } = changed(stepYaml, 'answer: drawn', '', faulty);
  expect((await load({ ...faulty, [file]: undefined })).problems).toEqual([
    {
      file: `05-first-look/${stepYaml}`,
      line,
      reason: 'check service.cause draws, but there is no faults.yaml',
    },
  ]);
  expect((await load({ ...faulty, [file]: '[]' })).problems).toEqual([
    { file, line: 1, reason: 'a step with faults has one or more' },
  ]);
});

test('the next round of a learner has another fault, until all were there', async () => {
  const { step } = await faultyStep(faultsNamed('a', 'b', 'c'));
  for (const seed of seeds.slice(0, 50)) {
    const rounds = [0, 1, 2, 3].map((round) => step.draw(seed, round).fault?.id);
    expect(new Set(rounds.slice(0, 3)).size).toBe(3);
    expect(rounds[3]).toBe(rounds[0]);
    expect(step.draw(seed).fault?.id).toBe(rounds[0]);
  }
});

test('a learner is told what a drawn question is about, and no cause', async () => {
  const questions = [
    '- check: { id: drawn.pid, target: { drawn: [one, two] }, answer: { fact: pid } }',
    '- check: { id: fixed.net, target: { container: web }, answer: { fact: net-companion } }',
  ];
  const step = await faultyStep({
    ...faulty,
    [`05-first-look/${stepYaml}`]: `${faulty[`05-first-look/${stepYaml}`]}  ${questions.join('\n  ')}\n`,
    '05-first-look/steps/00-hostname/en.md':
      `${faulty['05-first-look/steps/00-hostname/en.md']}`.replace(
        'checklist:',
        'checklist:\n  drawn.pid: { text: Which }\n  fixed.net: { text: Who }',
      ),
  }).then(({ step }) => step);
  const asked = seeds.slice(0, 50).map((seed) => step.draw(seed).asked);
  expect(new Set(asked.map((one) => JSON.stringify(one)))).toEqual(
    new Set(
      ['one', 'two'].map((about) =>
        JSON.stringify([
          { checkId: 'drawn.pid', about },
          { checkId: 'fixed.net', about: 'web' },
        ]),
      ),
    ),
  );
  const [drawn] = asked.flat();
  const target = step.draw(seeds[0] ?? '').checks.find(({ id }) => id === 'drawn.pid')?.target;
  expect(target).toEqual({ process: drawn?.about });
});
