import { expect, test } from 'vitest';
import { parseProse } from './prose.ts';

const content = (source: string) => {
  const { content, problems } = parseProse(source);
  expect(problems).toEqual([]);
  return content;
};

test('a line break is a space between words and nothing between CJK characters', () => {
  expect(content('内核给进程\n一份视图，\n再说。 one\ntwo')).toEqual([
    { name: 'p', attributes: {}, children: ['内核给进程一份视图，再说。 one two'] },
  ]);
  expect(content('ホスト側のサーバー\nから、DNS・\nHTTP')).toEqual([
    { name: 'p', attributes: {}, children: ['ホスト側のサーバーから、DNS・ HTTP'] },
  ]);
});

test('code, fences and diagrams keep every character', () => {
  const drawn = '┌──┐\n│ a│\n└──┘\n';
  expect(content(`\`\`\`\n${drawn}\`\`\``)).toEqual([
    { name: 'pre', attributes: {}, children: [drawn] },
  ]);
  expect(
    content(`{% diagram id="x" title="box" %}\n\`\`\`\n${drawn}\`\`\`\n{% /diagram %}`),
  ).toEqual([{ name: 'Diagram', attributes: { id: 'x', title: 'box' }, children: [drawn] }]);
});

test.each([
  [
    'on one line each',
    '{% option %}a{% /option %}\n{% option %}b{% /option %}\n{% reveal %}c{% /reveal %}',
  ],
  [
    'as blocks',
    '{% option %}\na\n{% /option %}\n{% option %}\nb\n{% /option %}\n{% reveal %}\nc\n{% /reveal %}',
  ],
])('predict holds its options and its reveal, written %s', (_, inside) => {
  const [predict] = content(`{% predict question="?" answer=0 %}\n${inside}\n{% /predict %}`);
  expect(predict).toMatchObject({ name: 'Predict', attributes: { question: '?', answer: 0 } });
  const children = typeof predict === 'string' ? [] : (predict?.children ?? []);
  expect(children.map((child) => (typeof child === 'string' ? child : child.name))).toEqual([
    'Option',
    'Option',
    'Reveal',
  ]);
});

test('predict wants two options, one reveal and an index among them', () => {
  const { problems } = parseProse(
    '{% predict question="?" answer=-1 %}\n{% option %}a{% /option %}\n{% /predict %}',
  );
  expect(problems).toEqual([
    { line: 1, reason: 'predict needs two options or more' },
    { line: 1, reason: 'predict needs exactly one reveal' },
    { line: 1, reason: 'predict: answer -1 is not the index of an option' },
  ]);
});

test('HTML is text, never an element', () => {
  expect(content('a <b onclick="x()">b</b>')).toEqual([
    { name: 'p', attributes: {}, children: ['a <b onclick="x()">b</b>'] },
  ]);
});

test('prose with a problem has no content', () => {
  expect(parseProse('fine\n\n{% unknown /%}').content).toEqual([]);
});

test('words point at a part of the map, and at nothing that a map has not', () => {
  expect(content('Where {% map focus="container-web.1" %}it{% /map %} is.')).toEqual([
    {
      ...{ name: 'p', attributes: {} },
      children: [
        'Where ',
        { name: 'Map', attributes: { focus: 'container-web.1' }, children: ['it'] },
        ' is.',
      ],
    },
  ]);
  for (const focus of ['terminal-0', 'host', 'container-a b'])
    expect(parseProse(`{% map focus="${focus}" %}x{% /map %}`).problems).toHaveLength(1);
});
