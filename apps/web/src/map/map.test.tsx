import type { MapPicture } from '@tatami/protocol';
import i18next from 'i18next';
import { renderToStaticMarkup } from 'react-dom/server';
import { initReactI18next } from 'react-i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Situation, situation, situations } from '../../test/situations.ts';
import en from '../i18n/en.ts';
import ja from '../i18n/ja.ts';
import zh from '../i18n/zh-CN.ts';
import { Card } from './card.tsx';
import { Drawing } from './drawing.tsx';
import { deedFacts, factsOf } from './facts.ts';
import { layoutOf } from './layout.ts';
import { MapScene } from './map-context.ts';
import { deedText, nameOf } from './names.ts';
import { MapTable } from './table.tsx';

beforeAll(async () => {
  const texts = (translation: Record<string, string>) => ({ translation });
  await i18next.use(initReactI18next).init({
    ...{ lng: 'en', keySeparator: false, nsSeparator: false },
    interpolation: { escapeValue: false },
    resources: { en: texts(en), ja: texts(ja), 'zh-CN': texts(zh) },
  });
});

const nothing = () => undefined;

function mapOf(picture: MapPicture): string {
  const facts = factsOf(picture);
  const choice = { opened: new Set<string>(), pointedAt: new Set<string>(), compact: false };
  const layout = layoutOf(facts.areas, { ...choice, width: 1200 });
  const scene = { facts, current: 'machine', selected: null, fresh: new Set<number>() };
  return renderToStaticMarkup(
    <MapScene
      value={{
        ...{ ...scene, pointedAt: new Set<string>() },
        ...{ look: nothing, open: nothing, setCurrent: nothing },
      }}
    >
      <Drawing {...{ svg: { current: null }, layout, scale: 1, onKeyDown: nothing }} />
    </MapScene>,
  );
}
const tableOf = (picture: MapPicture): string => {
  const facts = factsOf(picture);
  const deeds = picture.deeds.map((deed) => deedFacts(deed, facts));
  return renderToStaticMarkup(<MapTable facts={facts} deeds={deeds} />);
};
const factsIn = (markup: string): Set<string> =>
  new Set(
    [...markup.matchAll(/data-facts="([^"]*)"/g)].flatMap(([, list = '']) =>
      list.split('; ').filter(Boolean),
    ),
  );
const wordsIn = (markup: string): string => markup.replaceAll(/<title>.*?<\/title>|<[^>]*>/g, ' ');

describe.each(situations().map((one) => [one.name, one] as const))('%s', (_, one: Situation) => {
  test('the table has every fact of the map', () => {
    const [map, table] = [mapOf(one.picture), tableOf(one.picture)].map(factsIn);
    expect(map?.size).toBeGreaterThan(5);
    expect([...(map ?? [])].filter((fact) => !table?.has(fact))).toEqual([]);
  });

  test('both say what a reader has to be able to say', () => {
    const facts = factsOf(one.picture);
    const t = i18next.getFixedT('en');
    const { inside, sharesNet, made, entered } = one.answers;
    const of = (terminal: string) =>
      [...facts.processes.values()].find(({ process }) => process.terminals.includes(terminal));
    for (const { terminal, kinds } of inside)
      expect([...(of(terminal)?.area.differs.keys() ?? [])].toSorted()).toEqual(kinds.toSorted());
    const words = wordsIn(mapOf(one.picture));
    for (const { pid1 } of inside)
      if (pid1 !== null) expect(words).toMatch(new RegExp(`pid ${pid1}\\b`));
    for (const { who, with: others } of sharesNet) {
      const terminal = /^terminal (\d)$/.exec(who)?.[1];
      const process = terminal
        ? of(terminal)
        : [...facts.processes.values()].find(({ area }) => area.container === who);
      const net = process?.memberships.find(({ kind }) => kind === 'net');
      const names = [...(net?.sharedWith ?? []), ...(process ? [process.area] : [])].flatMap(
        (area) => [
          nameOf(area.name, t),
          ...area.processes.flatMap(({ terminals }) => terminals.map((id) => `terminal ${id}`)),
        ],
      );
      expect(names).toEqual(expect.arrayContaining(others));
    }
    const said = one.picture.deeds.map((deed) => deedFacts(deed, facts));
    const last = (what: string) => said.findLast(({ deed }) => deed.what === what);
    if (made) expect(last('made')?.deed.terminal).toBe(made.terminal);
    if (made) expect(last('made')?.deed.kinds.toSorted()).toEqual(made.kinds.toSorted());
    if (entered) {
      const { target, deed } = last('entered') ?? {};
      expect(deed?.terminal).toBe(entered.terminal);
      expect(target && nameOf(target, t)).toBe(entered.whose);
    }
  });
});

test('says what was done in one sentence, in each language', () => {
  const { picture } = situation('nsenter-net');
  const facts = factsOf(picture);
  const deed = picture.deeds.findLast(({ what }) => what === 'entered');
  if (!deed) throw new Error('something was entered');
  const say = (language: string) =>
    deedText(deedFacts(deed, facts), i18next.getFixedT(language), language);
  expect(say('en')).toBe('Terminal 1: nsenter entered net of test-nginx');
  expect(say('ja')).toBe('ターミナル 1：nsenter が test-nginx の net に入りました');
  expect(say('zh-CN')).toBe('终端 1：nsenter 进入了 test-nginx 的 net');
});

test('what a learner chose is plain text with nothing hidden in it', () => {
  const picture = structuredClone(situation('plain').picture);
  for (const process of picture.processes)
    if (process.terminals.length > 0) process.command = '<b>\u202e\u0007evil\u200b x';
  for (const markup of [mapOf(picture), tableOf(picture)]) {
    for (const hidden of ['<b>', '\u202e', '\u0007', '\u200b'])
      expect(markup).not.toContain(hidden);
    expect(markup).toContain('\\u{202e}');
  }
});

test('the card says of each namespace whose it is and who shares it', () => {
  const facts = factsOf(situation('nsenter-net').picture);
  const guest = [...facts.processes.values()].find(({ process }) =>
    process.terminals.includes('1'),
  );
  const words = wordsIn(
    renderToStaticMarkup(
      <Card
        {...{ facts, id: guest?.process.id ?? '', onClose: nothing }}
        {...{ isPreview: false, isAtStart: false }}
      />,
    ),
  );
  expect(words).toMatch(/net\s+\d+\s+not the machine&#x27;s, shared with test-nginx/);
  expect(words).toMatch(/mnt\s+\d+\s+the machine&#x27;s/);
  expect(words).toMatch(new RegExp(`PID on the machine\\s+${guest?.pid}`));
});

test('a shell whose children go elsewhere shows a door', () => {
  expect(wordsIn(mapOf(situation('unshare-no-fork').picture))).toContain(
    'children go to a new, empty pid',
  );
});

test('five hundred processes stay a few lines, each of them in the table', () => {
  const picture = structuredClone(situation('plain').picture);
  const shell = picture.processes.find(({ terminals }) => terminals.includes('1'));
  if (!shell) throw new Error('the plain machine has a shell');
  for (let pid = 1000; pid < 1500; pid++)
    picture.processes.push({ ...shell, id: `${pid}.${pid}`, pids: [pid], terminals: [] });
  expect(mapOf(picture).split('role="treeitem"').length).toBeLessThan(15);
  expect(factsIn(tableOf(picture)).has('1499.1499 number 1499')).toBe(true);
});
