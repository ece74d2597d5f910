import type { Node } from '@markdoc/markdoc';
import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadProse } from '../read-prose.ts';
import { sectionsOf } from './sections.ts';

/** How much of a text's length one sign or word of a script is, a Han character being one. */
const weights: [RegExp, number][] = [
  [/\p{Script=Han}/gu, 1],
  [/[\p{Script=Hiragana}\p{Script=Katakana}ー]/gu, 0.45],
  [/[\p{Script=Latin}\p{N}]+(?:['’-][\p{Script=Latin}\p{N}]+)*/gu, 1.4],
];
/** A shorter section says a sentence or two, of which any may be twice as long as the other. */
const minLength = 20;
const maxRatio = 2;

/** Sections that are so much shorter or longer than in another language that something is missing. */
export const lengthProblems = ({ steps }: ReadLab): Problem[] =>
  steps.flatMap(({ prose }) => {
    const anchors = new Set(prose.flatMap((one) => sectionsOf(one).map(({ anchor }) => anchor)));
    return [...anchors].flatMap((anchor) => ofSection(prose, anchor));
  });

/** Each language is held to those before it that are in order themselves. */
function ofSection(prose: ReadProse[], anchor: string): Problem[] {
  const problems: Problem[] = [];
  const inOrder: { lang: string; length: number }[] = [];
  for (const one of prose) {
    const section = sectionsOf(one).find((other) => other.anchor === anchor);
    if (!section) continue;
    const length = lengthOf(section.nodes);
    const other = inOrder.find((before) => areFarApart(length, before.length));
    if (!other) {
      inOrder.push({ lang: one.lang, length });
      continue;
    }
    const where = anchor ? `section #${anchor}` : 'the beginning';
    const times = (length / other.length).toFixed(2);
    const reason = `${where} is ${times} times as long as in ${other.lang}`;
    problems.push({ file: one.file, line: section.line, reason });
  }
  return problems;
}

function areFarApart(length: number, other: number): boolean {
  const longer = Math.max(length, other);
  return longer >= minLength && longer > maxRatio * Math.min(length, other);
}

/** Length of the words of a reader's language: commands, code and drawings are the same in every one. */
function lengthOf(nodes: Node[]): number {
  const text = nodes.map(wordsOf).join(' ');
  return weights.reduce((sum, [sign, weight]) => sum + weight * (text.match(sign)?.length ?? 0), 0);
}

function wordsOf(node: Node): string {
  const { type, tag, attributes } = node;
  if (type === 'fence' || type === 'code') return '';
  if (type === 'softbreak') return ' ';
  const own = [attributes.content, attributes.title, attributes.question].filter(
    (one) => typeof one === 'string',
  );
  const inside = tag === 'diagram' ? [] : node.children.map(wordsOf);
  return [...own, ...inside].join(type === 'inline' ? '' : ' ');
}
