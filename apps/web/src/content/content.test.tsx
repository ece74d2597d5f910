import type { ContentNode } from '@tatami/protocol';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Content, safeHref } from './content.tsx';
import { Lesson } from './lesson.ts';

const html = (...nodes: ContentNode[]) => renderToStaticMarkup(<Content nodes={nodes} />);
const element = (name: string, attributes: Record<string, unknown> = {}, text = 'x') => ({
  name,
  attributes,
  children: [text],
});

it('shows only elements of the list, without attributes of the lesson', () => {
  expect(html(element('p', { onclick: 'alert(1)', style: 'x' }))).toBe('<p>x</p>');
  for (const name of ['script', 'iframe', 'style', 'img', 'object', 'form'])
    expect(html(element(name, { src: 'https://x' }))).toBe('x');
});

it('escapes text', () => {
  expect(html('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;');
});

it.each([
  ['https://man7.org/', true],
  ['/labs/03', true],
  ['#a', true],
  ['javascript:alert(1)', false],
  ['//evil.example', false],
  ['data:text/html,x', false],
  [7, false],
])('links to %s: %s', (href, allowed) => {
  expect(safeHref(href) !== null).toBe(allowed);
});

it('gives each character of a diagram its columns', () => {
  const markup = html(element('Diagram', { title: 't' }, '┌名 a'));
  expect(markup).toContain('<span class="narrow">┌</span><span class="wide">名</span> a');
});

it('names headings, diagrams, commands and interview questions for links', () => {
  const lesson = {
    ...{ lab: 'l', glossary: [], run: () => 'sent' as const },
    ...{ goTo: () => undefined, showOnMap: () => undefined },
  };
  const commands = [{ id: 'id', terminal: '1', text: 'id', runnable: true }];
  const markup = renderToStaticMarkup(
    <Lesson value={{ ...lesson, commands }}>
      <Content
        nodes={[
          element('h2', { id: 'own-name' }),
          element('Diagram', { id: 'two-names', title: 't', lang: 'ja' }),
          element('Command', { id: 'id' }),
          element('Interview', { id: 'q1', question: 'Why?' }),
          element('p', { id: 'no' }),
        ]}
      />
    </Lesson>,
  );
  const ids = [...markup.matchAll(/ id="([a-z0-9.-]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual(['own-name', 'two-names', 'command.id', 'q1']);
  expect(markup).toContain('<figure id="two-names" lang="ja"');
});

it('gives Japanese words their reading, and what stands around it where ruby is unknown', () => {
  expect(html(element('Ja', { reading: 'なまえ' }, '名前'))).toBe(
    '<ruby lang="ja">名前<rp>（</rp><rt>なまえ</rt><rp>）</rp></ruby>',
  );
  expect(html(element('Ja', {}, '名前'))).toBe('<span lang="ja">名前</span>');
});

it('shows nothing of an interview’s points before an answer', () => {
  const point = (words: string): ContentNode => ({
    ...{ name: 'p', attributes: {} },
    children: [element('Point', {}, words)],
  });
  const children = [element('p', {}, 'a gloss'), point('first point'), point('second')];
  const interview = {
    name: 'Interview',
    attributes: { id: 'q', question: '違いは？', lang: 'ja' },
  };
  const markup = html({ ...interview, children: [...children, element('Reveal', {}, 'model')] });
  expect(markup).toContain('<p>a gloss</p>');
  expect(markup).toContain('<span lang="ja">違いは？</span>');
  for (const hidden of ['first point', 'second', 'model']) expect(markup).not.toContain(hidden);
  expect(markup).toContain('disabled="">interview.compare</button>');
});

it('points at a part of the map, and only at what a map has', () => {
  const markup = html(element('Map', { focus: 'terminal-1' }, 'your shell'));
  expect(markup).toMatch(/^<button type="button" class="link map-link-text".*your shell/);
});
