import { pictureName, type Situation, schemes } from './situations.ts';

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** What docs/map.md says of a situation: its picture, what was typed, and the five answers. */
export const situationText = (situation: Situation): string =>
  [
    `### ${situation.name}`,
    '',
    ...pictures(situation),
    '',
    ...typed(situation),
    '',
    '| question | answer |',
    '| --- | --- |',
    ...answers(situation).map(([question, answer]) => `| ${question} | ${answer} |`),
    '',
  ].join('\n');

function pictures(situation: Situation): string[] {
  const [light, dark] = schemes.map((scheme) => `map/${pictureName(situation, scheme)}`);
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${dark}">`,
    `  <img src="${light}" width="800" alt="The map of the situation ${situation.name}">`,
    '</picture>',
    '',
    `([light](${light}), [dark](${dark}))`,
  ];
}

const typed = ({ lines }: Situation): string[] =>
  lines.length === 0
    ? ['Nothing was typed.']
    : ['```', ...lines.map(({ terminal, text }) => `terminal ${terminal}$ ${text}`), '```'];

/** The five questions that the map alone has to answer, with what was recorded. */
export function answers({ answers: recorded }: Situation): [question: string, answer: string][] {
  const { inside, made, entered } = recorded;
  const isIn = inside.map(
    ({ terminal, kinds }) => `terminal ${terminal}, in ${list.format(kinds)}`,
  );
  const firsts = inside.map(
    ({ terminal, pid1 }) => `${pid1 === 1 ? "1, the machine's own" : pid1} (terminal ${terminal})`,
  );
  return [
    ['Which terminal is inside?', isIn.join('; ') || 'none'],
    ['What is the host pid of its PID 1?', firsts.join('; ') || '–'],
    ['Who shares its net namespace?', sharing(recorded)],
    [
      'What did `unshare` (or `ip netns`) just make?',
      made ? `${list.format(made.kinds)}, in terminal ${made.terminal}` : 'nothing',
    ],
    [
      'Where did `nsenter` go?',
      entered
        ? `into ${list.format(entered.kinds)} of ${entered.whose}, from terminal ${entered.terminal}`
        : 'nowhere',
    ],
  ];
}

function sharing({ inside, sharesNet }: Situation['answers']): string {
  const groups = new Set(
    sharesNet.map(({ who, with: others }) => list.format([who, ...others].toSorted())),
  );
  const own = [...groups].map((group) =>
    group.includes(' and ') ? `${group} share one` : `${group} has one alone`,
  );
  const machines = inside
    .filter(({ kinds }) => !kinds.includes('net'))
    .map(({ terminal }) => `terminal ${terminal} is in the machine's`);
  return [...own, ...machines].join('; ') || "every terminal is in the machine's";
}
