import type { Node } from '@markdoc/markdoc';
import { lineOf } from '../prose-config.ts';
import type { ReadProse } from '../read-prose.ts';

/** What stands between a heading and the next one of any level; before the first, the anchor is empty. */
export interface Section {
  anchor: string;
  level: number;
  /** Of its heading, from 1. */
  line: number;
  nodes: Node[];
}

export function sectionsOf({ prose, lines }: ReadProse): Section[] {
  // What stands before the first heading begins after the front matter.
  const end = lines[0] === '---' ? lines.indexOf('---', 1) + 2 : 1;
  const sections: Section[] = [{ anchor: '', level: 1, line: end, nodes: [] }];
  for (const node of prose.ast.children)
    if (node.type === 'heading')
      sections.push({
        anchor: String(node.attributes.id ?? ''),
        level: Number(node.attributes.level),
        line: lineOf(node) + 1,
        nodes: [node],
      });
    else sections.at(-1)?.nodes.push(node);
  return sections;
}

/** The source of a section with those of lower level in it; undefined when there is no such section. */
export function wholeSection(prose: ReadProse, anchor: string): string | undefined {
  const sections = sectionsOf(prose);
  const at = sections.findIndex((section) => section.anchor === anchor);
  const first = sections[at];
  if (!first) return undefined;
  const next = sections.slice(at + 1).find(({ level }) => level <= first.level);
  return prose.lines.slice(first.line - 1, next ? next.line - 1 : undefined).join('\n');
}

/** The source of a tag with this `id`; undefined when there is none. */
export function taggedText({ prose, lines }: ReadProse, id: string): string | undefined {
  const node = [...prose.ast.walk()].find(
    ({ tag, attributes }) => (tag === 'diagram' || tag === 'interview') && attributes.id === id,
  );
  return node && lines.slice(Math.min(...node.lines), Math.max(...node.lines)).join('\n');
}
