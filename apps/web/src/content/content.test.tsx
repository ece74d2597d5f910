import type { ContentNode } from '@tatami/protocol';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Content, safeHref } from './content.tsx';

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
